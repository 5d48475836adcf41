"""Playbooks to plan.json and to pictures: golden folders, rewritten with --update.

Each folder of tests/cases/compile holds a playbook, its plan.json and its graph.mmd.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, graph, short

from playbook_compiler.driver import Compiled, compile_playbook
from playbook_compiler.plan import digest_of, plan_of, plan_schema, plan_text
from playbook_compiler.views import dot, mermaid
from playbook_compiler.views import json as graph_json

CASES = Path(__file__).parents[1] / "cases" / "compile"
NAMES = sorted(path.name for path in CASES.iterdir())


def compiled(name: str) -> Compiled:
    found = compile_playbook(str(CASES / name))
    assert found.graph is not None, [short(one) for one in found.diagnostics]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_case_compiles_to_its_golden_files(name: str, update: bool) -> None:
    lowered = compiled(name).graph
    assert lowered is not None
    golden = {"plan.json": plan_text(lowered), "graph.mmd": mermaid.render(lowered)}
    for file, text in golden.items():
        path = CASES / name / file
        if update:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path} (pytest --update rewrites it)"


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_fits_its_published_schema(name: str) -> None:
    plan = json.loads((CASES / name / "plan.json").read_text(encoding="utf-8"))
    Draft202012Validator(plan_schema()).validate(plan)


def test_the_schema_refuses_what_is_no_plan() -> None:
    plan = json.loads((CASES / "small" / "plan.json").read_text(encoding="utf-8"))
    for wrong in (
        plan | {"version": 2},
        plan | {"digest": "md5:0"},
        {key: value for key, value in plan.items() if key != "edges"},
        plan | {"nodes": [{"id": "a/b", "flow": "a", "kind": "jump"}]},
        plan | {"edges": [{"source": "a", "target": "b", "way": "maybe"}]},
    ):
        assert list(Draft202012Validator(plan_schema()).iter_errors(wrong))


def test_the_page_that_shows_every_key_has_no_error_and_nothing_is_left_out() -> None:
    found = compiled("everything").diagnostics
    assert not [short(one) for one in found if one.is_error or one.rule == "not-yet-simulated"]


def test_comments_and_places_do_not_change_the_digest(tmp_path: Path) -> None:
    plain = graph(tmp_path, HEAD + MESSAGES + FLOW)
    moved = graph(tmp_path, f"# a word\n\n{HEAD}{FLOW}# more\n{MESSAGES}")
    assert plan_text(plain) == plan_text(moved)


def test_values_written_differently_are_the_same_plan(tmp_path: Path) -> None:
    one = graph(tmp_path, HEAD + MESSAGES + FLOW)
    other = graph(tmp_path, HEAD + MESSAGES + FLOW.replace("120d", "'120 d'"))
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("120d", "121d"),
        ("[send: hello]", "[send: again]"),
        ("[send: hello]", "[{send: hello, id: greet}]"),
        ("subject: Again", "subject: again"),
        ("We miss you", "We miss you!"),
        ("EUR", "USD"),
        ("flows:", "offers: {a: {percent_off: 10%}}\nflows:"),
    ],
)
def test_what_a_playbook_means_is_in_the_digest(tmp_path: Path, old: str, new: str) -> None:
    text = HEAD + MESSAGES + FLOW
    assert old in text
    before = digest_of(graph(tmp_path, text))
    assert digest_of(graph(tmp_path, text.replace(old, new))) != before


def test_a_default_that_is_written_out_changes_nothing(tmp_path: Path) -> None:
    text = HEAD + MESSAGES + FLOW
    written = f"{text}    exit_on: order_placed\n    goal: {{within: 14d}}\n    priority: 50\n"
    assert digest_of(graph(tmp_path, text)) == digest_of(graph(tmp_path, written))


def test_the_bytes_do_not_depend_on_hash_seed_zone_or_locale() -> None:
    code = (
        "import sys; from playbook_compiler.driver import compile_playbook as c;"
        "from playbook_compiler.plan import plan_text as p;"
        "sys.stdout.buffer.write(p(c(sys.argv[1]).graph).encode())"
    )
    for seed, zone, locale in (("0", "UTC", "C"), ("7", "Asia/Tokyo", "C.UTF-8")):
        env = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": locale,
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        done = subprocess.run(
            [sys.executable, "-c", code, str(CASES / "everything")],
            capture_output=True,
            env=env,
            check=True,
        )
        assert done.stdout == (CASES / "everything" / "plan.json").read_bytes()


def test_labels_cannot_break_out_of_a_picture(tmp_path: Path) -> None:
    task = 'say "hi"]; end --> <b>&amp;\\'
    steps = json.dumps([{"task": task}])
    text = f"{HEAD}flows: {{it: {{trigger: sign_up, steps: {steps}}}}}\n"
    lowered = graph(tmp_path, text)
    drawn = mermaid.render(lowered)
    assert '["task: say #34;hi#34;#93;#59; end --#62; #60;b#62;#38;amp#59;#92;"]' in drawn
    # Graphviz reads escapes and HTML's entities in labels.
    escaped = r'label="task: say \"hi\"]; end --&gt; &lt;b&gt;&amp;amp;\\"'
    assert escaped in dot.render(lowered)
    assert json.loads(graph_json.render(lowered))["nodes"][1]["label"] == f"task: {task}"


def test_the_graph_as_json_names_file_and_line() -> None:
    lowered = compiled("folder").graph
    assert lowered is not None
    data = json.loads(graph_json.render(lowered))
    assert data["digest"] == plan_of(lowered)["digest"]
    send = data["nodes"][1]
    assert (Path(send["file"]).name, send["line"]) == ("win-back.yaml", 5)
    assert send["label"] == "send come-back with come-back"
