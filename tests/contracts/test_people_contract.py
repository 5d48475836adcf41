"""Pictures, documents and checklists: equal to the golden ones, and no author's text is markup."""

from __future__ import annotations

import shutil
import subprocess
from importlib import import_module

import pytest
from tests.contracts.golden import compare
from tests.contracts.people_exports import CASES, NAMES, TARGETS, case, graph
from tests.contracts.verdicts.dot import dot_problems
from tests.contracts.verdicts.manual import checklist_problems, table_problems
from tests.contracts.verdicts.markdown import document_problems, tokens_of
from tests.contracts.verdicts.mermaid import chart_problems

from playbook_compiler.inert import (
    csv_cell,
    dot_quoted,
    markdown,
    markdown_line,
    mermaid_quoted,
)
from playbook_compiler.spoken.flows import outline


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", TARGETS)
def test_the_artefacts_are_the_golden_ones(target: str, name: str, update: bool) -> None:
    expected = CASES / name / "expected" / target
    files = case(target, name).files
    compare(expected, files, update=update)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_objects_to_them(target: str, name: str) -> None:
    assert import_module(f"tests.contracts.verdicts.{target}").problems(case(target, name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_graphviz_reads_the_picture(name: str) -> None:
    program = shutil.which("dot")
    if program is None:
        pytest.skip("Graphviz is absent: no program `dot`")
    text = case("dot", name).files["playbook.dot"]
    subprocess.run([program, "-Tcanon"], input=text, check=True, capture_output=True)


CHART = case("mermaid", "everything").files["playbook.mmd"].decode()
PICTURE = case("dot", "everything").files["playbook.dot"].decode()
DOCUMENT = case("markdown", "everything").files["playbook.md"].decode()


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ('"]', '"]; click n0 call alert()'),
        ("sign_up", 'sign_up"'),
        ("sign_up", "<b>"),
        ("sign_up", "#quot;"),
        ("sign_up", "`x`"),
        ("  n1 --> n2", "  n1 --> n9999"),
        ("flowchart LR", "graph LR;"),
        ("  end", "  end\n  style n0 fill:red"),
    ],
)
def test_a_broken_chart_is_caught(find: str, put: str) -> None:
    broken = CHART.replace(find, put, 1)
    assert broken != CHART
    assert chart_problems(CHART) == []
    assert chart_problems(broken)


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("sign_up", 'sign_up" URL="javascript:alert(1)'),
        ("sign_up", "&quot;"),
        ("sign_up", "<b>"),
        ("sign_up", "\\N"),
        ("}", "} // x"),
    ],
)
def test_a_broken_picture_is_caught(find: str, put: str) -> None:
    broken = PICTURE.replace(find, put, 1)
    assert dot_problems(PICTURE) == []
    assert dot_problems(broken)


@pytest.mark.parametrize(
    "put",
    [
        "<script>alert(1)</script>",
        "<img src=x>",
        "[a](https://leaf.example)",
        "![a](https://leaf.example/a.png)",
        "<https://leaf.example>",
        "`code`",
        "x | y\n| z",
        "x\n\n```html\n<b>\n```\n",
        "x\n\n    indented",
        "x\n\n- x",
        "x\n\n1. x",
    ],
)
def test_a_broken_document_is_caught(put: str) -> None:
    broken = DOCUMENT.replace("A first hello", put, 1)
    assert broken != DOCUMENT
    assert document_problems(DOCUMENT) == []
    assert document_problems(broken)


LIST = case("manual", "everything").files["checklist.md"].decode()
TABLE = case("manual", "everything").files["checklist.csv"].decode()


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("- [ ] **1.1**", "- [ ]"),
        ("- [ ] **1.2**", "- [ ] **1.1**"),
        ("<code>playbook.yaml:5</code>", "<code>playbook.yaml:0</code>"),
        ("Set the time zone", "<script>"),
        ("Set the time zone", "[link](https://else.example)"),
        ("Set the time zone", "x\n- Set the time zone"),
    ],
)
def test_a_broken_checklist_is_caught(find: str, put: str) -> None:
    broken = LIST.replace(find, put, 1)
    assert broken != LIST
    assert checklist_problems(LIST) == []
    assert checklist_problems(broken)


@pytest.mark.parametrize("put", ["=1", "+1", "-1", "@x", "＝1", "a,b", '"\t=1"'])
def test_a_broken_table_is_caught(put: str) -> None:
    broken = TABLE.replace("8.1.1,", f"{put},", 1)
    assert broken != TABLE
    assert table_problems(TABLE) == []
    assert table_problems(broken)


def test_the_checklist_builds_what_others_need_first() -> None:
    headings = [line.split(" ", 2)[2] for line in LIST.splitlines() if line.startswith("## ")]
    assert headings == [
        "Account",
        "Properties and events",
        "Consent",
        "Audiences",
        "Offers and codes",
        "Programmes",
        "Messages",
        "Flows",
        "Guardrails",
        "Besides messages",
        "Stages of the business",
        "Try it",
        "Switch on, last of all",
    ]
    # `core` is made of `regulars`, though it stands first in the order of names.
    assert LIST.index('audience "regulars"') < LIST.index('audience "core"')


def test_every_step_of_every_flow_stands_in_the_checklist() -> None:
    playbook = graph("everything").playbook
    for flow in playbook.flows.values():
        for line in outline(flow, playbook):
            assert markdown(line.text) in LIST
            assert " ".join(line.text.split()) in TABLE.replace('""', '"')
    assert "Switch on" not in LIST.partition("Switch on, last of all")[0]


def test_what_the_documents_say_can_be_read_back() -> None:
    hostile = '=1 | `a` <b> &lt; "c" #d; [e](f) _g_ *h* \\ ]]> {{ i }}\n# j'
    from html import unescape

    assert unescape(markdown(hostile)) == " ".join(hostile.split())
    assert unescape(dot_quoted(hostile)[1:-1].replace('\\"', '"').replace("\\\\", "\\")) == hostile
    assert set(mermaid_quoted(hostile)[1:-1]).isdisjoint('"<>[]{}`|&\\\n')


@pytest.mark.parametrize("text", ["- x", "1. x", "12) x", "---", "===", "+ x", "# x", "> x"])
def test_no_line_becomes_a_list_a_heading_or_a_rule(text: str) -> None:
    kinds = {token.type for token in tokens_of(f"before\n{markdown_line(text)}\n")}
    assert kinds <= {"paragraph_open", "inline", "text", "softbreak", "paragraph_close"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    assert csv_cell(f"{start}1+1") == f"'{start}1+1"
    assert csv_cell(f"1{start}1") == f"1{start}1"


def test_flows_stand_below_each_other() -> None:
    """A chart that goes to the right puts what nothing joins below each other; measured in a
    browser with Mermaid 11, where a chart that goes down had all flows in one row."""
    lines = CHART.splitlines()
    assert lines[0] == "flowchart LR"
    boxes = [number for number, line in enumerate(lines) if line.startswith("  subgraph")]
    assert len(boxes) > 1
    assert {lines[number + 1] for number in boxes} == {"    direction LR"}
