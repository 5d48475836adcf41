"""What is exported to BPMN passes the schema, the engine's parser and our checks, and is golden."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

import pytest
from tests.contracts.bpmn_picture import picture_problems
from tests.contracts.exports import SHIPPED, graph_of
from tests.contracts.golden import compare
from tests.contracts.verdicts.bpmn import problems

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.capability import Support
from playbook_compiler.targets.bpmn.names import FUNCTIONS, VARIABLES, own, variable, xml_id
from playbook_compiler.targets.bpmn.target import Bpmn

CASES = Path(__file__).resolve().parents[1] / "cases" / "export" / "bpmn"
NAMES = ("everything", "hostile", "lossy")
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
WAYPOINTS = "http://www.omg.org/spec/DD/20100524/DI"
SIDES = ("x", "y", "width", "height")
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"


def exported(
    path: Path, *, allow_lossy: bool = False
) -> tuple[ExportBundle | None, list[Diagnostic]]:
    return Bpmn().export(graph_of(path), allow_lossy=allow_lossy)


@cache
def case(name: str) -> ExportBundle:
    bundle, found = exported(CASES / name / "playbook.yaml", allow_lossy=name == "lossy")
    assert bundle is not None, [one.message for one in found]
    return bundle


def processes(bundle: ExportBundle) -> Iterator[tuple[str, Element]]:
    for path, content in bundle.files.items():
        if path.endswith(".bpmn"):
            yield path, fromstring(content)


@pytest.mark.parametrize("name", NAMES)
def test_every_file_passes_schema_parser_and_own_checks(name: str) -> None:
    assert problems(case(name)) == []


@pytest.mark.parametrize("file", ["growth.yaml", "scale.yaml", "startup.yaml"])
def test_the_shipped_playbooks_export_and_pass(file: str) -> None:
    bundle, found = exported(SHIPPED / file)
    assert bundle is not None, [one.message for one in found]
    assert problems(bundle) == []
    assert len(list(processes(bundle))) > 1


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = case(name).files
    compare(expected, files, update=update)


def test_what_bpmn_cannot_say_is_an_error_at_its_line() -> None:
    bundle, found = exported(CASES / "lossy" / "playbook.yaml")
    assert bundle is None
    assert [(one.rule, one.span.line) for one in found] == [("target-lacks", 9)]
    dropped = {one.construct for one in case("lossy").lowering.of(Support.DROPPED)}
    assert {"audience.sync", "playbook.programmes", "programme.points.earn"} <= dropped


def test_the_everything_case_holds_every_kind_of_trigger_and_step() -> None:
    told = {one.construct for one in case("everything").lowering.entries}
    rows = Bpmn().capabilities
    # Levels and expiring points need a programme, which processes leave out: they stand in `lossy`.
    elsewhere = {"trigger.points_expiring", "trigger.tier_changed", "trigger.tier_changed.to"}
    ways = {"step.wait.happened", "step.wait.timed_out", "step.if.then", "step.if.else"}
    ways |= {"step.branch.else", "step.split.variants"}
    wanted = {name for name in rows if name.startswith(("trigger.", "step."))}
    assert wanted - told - elsewhere - ways == set()
    assert elsewhere <= {one.construct for one in case("lossy").lowering.entries}


@pytest.mark.parametrize("name", NAMES)
def test_shapes_do_not_cover_each_other(name: str) -> None:
    for path, root in processes(case(name)):
        tags = {one.get("id"): one.tag.removeprefix(MODEL) for one in root.iter()}
        boxes: list[tuple[str, int, int, int, int]] = []
        for shape in root.iter(f"{DI}BPMNShape"):
            name = shape.get("bpmnElement", "")
            if tags[name] in ("subProcess", "boundaryEvent"):
                continue
            bounds = shape.find(BOUNDS)
            assert bounds is not None
            x, y, width, height = (int(bounds.get(side, "")) for side in SIDES)
            for other, left, top, right, low in boxes:
                apart = x + width <= left or right <= x or y + height <= top or low <= y
                assert apart, f"{path}: {name} and {other}"
            boxes.append((name, x, y, x + width, y + height))


@pytest.mark.parametrize("name", NAMES)
def test_arrows_are_drawn_from_shape_to_shape(name: str) -> None:
    for path, root in processes(case(name)):
        boxes = {}
        for shape in root.iter(f"{DI}BPMNShape"):
            bounds = shape.find(BOUNDS)
            assert bounds is not None
            boxes[shape.get("bpmnElement")] = [int(bounds.get(side, "")) for side in SIDES]
        flows = {one.get("id"): one for one in root.iter(f"{MODEL}sequenceFlow")}
        for edge in root.iter(f"{DI}BPMNEdge"):
            flow = flows[edge.get("bpmnElement")]
            for point, end in ((edge[0], "sourceRef"), (edge[-1], "targetRef")):
                x, y, width, height = boxes[flow.get(end)]
                assert x <= int(point.get("x", "")) <= x + width, (path, flow.get("id"))
                assert y <= int(point.get("y", "")) <= y + height, (path, flow.get("id"))


def test_arrows_that_run_over_shapes_are_seen() -> None:
    name, root = max(processes(case("everything")), key=lambda one: len(tostring(one[1])))
    assert list(picture_problems(case("everything").files[name])) == []
    for edge in root.iter(f"{DI}BPMNEdge"):
        (x, y), (to_x, to_y) = [(one.get("x", ""), one.get("y", "")) for one in (edge[0], edge[-1])]
        for point in list(edge):
            edge.remove(point)
        for at in ((x, y), (to_x, y), (to_x, to_y)):
            SubElement(edge, f"{{{WAYPOINTS}}}waypoint", {"x": at[0], "y": at[1]})
    found = list(picture_problems(tostring(root)))
    assert any(" crosses " in one for one in found)
    assert not any(" slants " in one for one in found)


def test_what_authors_write_stays_text() -> None:
    for path, root in processes(case("hostile")):
        for element in root.iter():
            assert element.tag.startswith("{"), (path, element.tag)
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert not names & {"script", "scriptTask", "img", "x"}
        asked = [one.text or "" for one in root.iter(f"{MODEL}conditionExpression")]
        assert any("__import__" in text for text in asked)  # in quotes: our checks let no call pass
        about = root.find(f"{MODEL}process/{MODEL}documentation")
        assert about is not None
        assert about.text == "]]></script>{ { x }} <!-- --> &amp; ${jndi:ldap://x}"
    texts = case("hostile").files["messages/hello+shared.json"].decode()
    assert "{{ first_name" in texts
    for inert in ("{{ 7|add", "{{ email", "{% assign"):
        assert inert not in texts, inert
    html = json.loads(texts)["html"]
    for inert in ("<script", 'href="javascript:', ' onerror="'):
        assert inert not in html, inert


def test_names_stay_apart() -> None:
    ids = ("a-b", "a_b", "a.b", "a/b", "a:b", "a__b", "a_2f_b", "A-B")
    assert len({xml_id(one) for one in ids}) == len(ids)
    names = ("a_b", "a.b", "a-b", "class", "if", "held_out", "after", "may_send_email", "A.b")
    assert len({variable(one) for one in names}) == len(names)
    assert all(variable(one).isidentifier() for one in names)
    assert variable("orders") == "orders"
    assert own("may_send_", "email") == "may_send_email"
    assert own("holds_", "come-back") != own("holds_", "come/back")
    assert not {variable(one) for one in (*VARIABLES, *FUNCTIONS)} & {*VARIABLES, *FUNCTIONS}


def test_a_flow_that_is_off_is_not_executable() -> None:
    for path, root in processes(case("everything")):
        process = root.find(f"{MODEL}process")
        assert process is not None
        assert (process.get("isExecutable") == "true") is (path != "flows/back.bpmn")


def test_ids_outlive_a_new_name_and_new_steps(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    renamed = text.replace("name: everything", "name: another")
    edited = renamed.replace(
        "      - wait: 36h", "      - {id: early, send: ping}\n      - wait: 36h"
    )
    file = tmp_path / "playbook.yaml"
    file.write_text(edited, encoding="utf-8")
    after, _ = exported(file)
    assert after is not None
    for (path, one), (other, two) in zip(
        processes(case("everything")), processes(after), strict=True
    ):
        assert path == other
        ids = {element.get("id") for element in one.iter() if element.tag != f"{MODEL}sequenceFlow"}
        drawn = {name for name in ids if name is not None and not name.startswith("arrow_")}
        assert drawn <= {element.get("id") for element in two.iter()}


def test_the_bytes_do_not_depend_on_the_hash_seed_zone_or_folder(tmp_path: Path) -> None:
    program = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.contracts.test_bpmn_contract import exported\n"
        "files = exported(Path(sys.argv[1]))[0].files\n"
        "print(hashlib.sha256(repr(files).encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    paths = f"{root}:{root / 'compiler'}:{root / 'runtime'}"
    playbook = str(CASES / "everything" / "playbook.yaml")
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, playbook],
            cwd=folder,
            env={"PYTHONPATH": paths, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for folder, seed, zone in ((root, "1", "UTC"), (tmp_path, "2", "Asia/Tokyo"))
    }
    assert len(digests) == 1
