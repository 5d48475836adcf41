"""Broken processes, and who catches each: the schema of BPMN, the engine's parser, our own checks.

The table is exact in both directions. A mutant that nobody catches fails, and so does one that is
caught by others than it says: a check that grew blind shows at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from lxml import etree
from tests.contracts.bpmn_parser import parser_problems, schema_problems
from tests.contracts.test_bpmn_contract import case

from playbook_compiler.targets.bpmn.files import VARIABLES_FILE
from playbook_compiler.targets.bpmn.graph_checks import check_document

Xml = Any
SCHEMA, PARSER, OURS = "schema", "parser", "own checks"
ALL = f"{SCHEMA} and {PARSER} and {OURS}"
BOTH = f"{PARSER} and {OURS}"
VALID = f"{SCHEMA} and {OURS}"
MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def _first(root: Xml, tag: str) -> Xml:
    found = next(root.iter(f"{MODEL}{tag}"), None)
    assert found is not None, f"no {tag} in this process"
    return found


def _named(root: Xml, id_: str) -> Xml:
    return next(one for one in root.iter() if one.get("id") == id_)


def _dangling_target(root: Xml) -> None:
    _first(root, "sequenceFlow").set("targetRef", "nowhere")


def _dangling_source(root: Xml) -> None:
    _first(root, "sequenceFlow").set("sourceRef", "nowhere")


def _target_in_another_scope(root: Xml) -> None:
    _named(root, "arrow_admit_to_turned-away").set("targetRef", "end")


def _unreachable(root: Xml) -> None:
    node = etree.SubElement(_first(root, "process"), f"{MODEL}endEvent")
    node.set("id", "lost")


def _second_start(root: Xml) -> None:
    process = _first(root, "process")
    start = etree.SubElement(process, f"{MODEL}startEvent")
    start.set("id", "start2")
    event = etree.SubElement(start, f"{MODEL}timerEventDefinition")
    date = etree.SubElement(event, f"{MODEL}timeDate")
    date.text = 'until("08:00")'
    flow = etree.SubElement(process, f"{MODEL}sequenceFlow")
    for name, value in (("id", "f2"), ("sourceRef", "start2"), ("targetRef", "admit")):
        flow.set(name, value)


def _no_start(root: Xml) -> None:
    start = _first(root, "startEvent")
    start.getparent().remove(start)


def _start_without_a_reason(root: Xml) -> None:
    start = _first(root, "startEvent")
    start.remove(_first(start, "messageEventDefinition"))


def _no_end(root: Xml) -> None:
    for end in list(root.iter(f"{MODEL}endEvent")):
        end.getparent().remove(end)


def _missing_default(root: Xml) -> None:
    del _first(root, "exclusiveGateway").attrib["default"]


def _default_of_another(root: Xml) -> None:
    _first(root, "exclusiveGateway").set("default", "arrow_start_to_admit")


def _no_condition(root: Xml) -> None:
    asked = _first(root, "conditionExpression")
    asked.getparent().remove(asked)


def _condition_on_the_default(root: Xml) -> None:
    gateway = _first(root, "exclusiveGateway")
    flow = _named(root, gateway.get("default"))
    etree.SubElement(flow, f"{MODEL}conditionExpression").text = "held_out is True"


def _condition_that_is_no_python(root: Xml) -> None:
    _first(root, "conditionExpression").text = "held_out = true"


def _condition_that_acts(root: Xml) -> None:
    _first(root, "conditionExpression").text = "__import__('os').system('x')"


def _unlisted_variable(root: Xml) -> None:
    _first(root, "conditionExpression").text = "may_entre is True"


def _negative_duration(root: Xml) -> None:
    _first(root, "timeDuration").text = '"-PT36H"'


def _duration_in_words(root: Xml) -> None:
    _first(root, "timeDuration").text = '"36h"'


def _unquoted_duration(root: Xml) -> None:
    _first(root, "timeDuration").text = "PT36H"


def _negative_calendar_duration(root: Xml) -> None:
    _first(root, "timeDate").text = 'after("-P2D")'


def _timer_without_time(root: Xml) -> None:
    timer = _first(root, "timerEventDefinition")
    for child in list(timer):
        timer.remove(child)


def _duplicate_id(root: Xml) -> None:
    ends = list(root.iter(f"{MODEL}endEvent"))
    ends[0].set("id", ends[1].get("id"))


def _duplicate_arrow(root: Xml) -> None:
    flows = list(root.iter(f"{MODEL}sequenceFlow"))
    flows[0].set("id", flows[1].get("id"))


def _id_that_is_no_name(root: Xml) -> None:
    _first(root, "process").set("id", "flow/welcome")


def _missing_incoming(root: Xml) -> None:
    incoming = _first(root, "incoming")
    incoming.getparent().remove(incoming)


def _wrong_outgoing(root: Xml) -> None:
    _first(root, "outgoing").text = "arrow_admit_to_enter"


def _leaving_an_end(root: Xml) -> None:
    flow = _named(root, "arrow_admit_to_enter")
    flow.set("sourceRef", "turned-away")


def _unknown_message(root: Xml) -> None:
    _first(root, "sendTask").set("messageRef", "message_nowhere")


def _no_message(root: Xml) -> None:
    del _first(root, "sendTask").attrib["messageRef"]


def _unknown_event(root: Xml) -> None:
    _first(root, "messageEventDefinition").set("messageRef", "message_nowhere")


def _unknown_operation(root: Xml) -> None:
    _first(root, "serviceTask").set("operationRef", "operation_nowhere")


def _misspelt_task(root: Xml) -> None:
    _first(root, "sendTask").tag = f"{MODEL}sendtask"


def _script(root: Xml) -> None:
    task = _first(root, "serviceTask")
    task.tag = f"{MODEL}scriptTask"
    del task.attrib["operationRef"]
    etree.SubElement(task, f"{MODEL}script").text = "x = 1"


def _unattached_exit(root: Xml) -> None:
    _first(root, "boundaryEvent").set("attachedToRef", "nowhere")


def _exit_that_ends_nothing(root: Xml) -> None:
    _first(root, "boundaryEvent").set("cancelActivity", "false")


def _circle_without_a_wait(root: Xml) -> None:
    _named(root, "arrow_enter_to_run_welcome").set("targetRef", "admit")


def _two_processes(root: Xml) -> None:
    process = etree.SubElement(root, f"{MODEL}process")
    process.set("id", "another")
    process.set("isExecutable", "false")
    plane = root.find(f"{DI}BPMNDiagram")
    root.remove(plane)
    root.append(plane)


def _not_said_whether_executable(root: Xml) -> None:
    del _first(root, "process").attrib["isExecutable"]


def _executable_perhaps(root: Xml) -> None:
    _first(root, "process").set("isExecutable", "perhaps")


def _not_drawn(root: Xml) -> None:
    shape = next(root.iter(f"{DI}BPMNShape"))
    shape.getparent().remove(shape)


def _drawn_for_nothing(root: Xml) -> None:
    next(root.iter(f"{DI}BPMNEdge")).set("bpmnElement", "nowhere")


def _gateway_into_a_task(root: Xml) -> None:
    catch = _first(root, "eventBasedGateway")
    flow = next(
        one for one in root.iter(f"{MODEL}sequenceFlow") if one.get("sourceRef") == catch.get("id")
    )
    flow.set("targetRef", _first(root, "sendTask").get("id"))


WELCOME, FOLLOW_UP, WIN_BACK = "welcome", "follow-up", "win-back"
MUTANTS: list[tuple[str, Callable[[Xml], None], str]] = [
    (WELCOME, _dangling_target, BOTH),
    (WELCOME, _dangling_source, OURS),
    (WELCOME, _target_in_another_scope, OURS),
    (WELCOME, _unreachable, OURS),
    (WELCOME, _second_start, OURS),
    (WELCOME, _no_start, BOTH),
    (WELCOME, _start_without_a_reason, OURS),
    (WELCOME, _no_end, BOTH),
    (WELCOME, _missing_default, BOTH),
    (WELCOME, _default_of_another, BOTH),
    (WELCOME, _no_condition, BOTH),
    (WELCOME, _condition_on_the_default, OURS),
    (WELCOME, _condition_that_is_no_python, OURS),
    (WELCOME, _condition_that_acts, OURS),
    (WELCOME, _unlisted_variable, OURS),
    (WELCOME, _negative_duration, OURS),
    (WELCOME, _duration_in_words, OURS),
    (WELCOME, _unquoted_duration, OURS),
    (WIN_BACK, _negative_calendar_duration, OURS),
    (WELCOME, _timer_without_time, BOTH),
    (WELCOME, _duplicate_id, ALL),
    (WELCOME, _duplicate_arrow, VALID),
    (WELCOME, _id_that_is_no_name, VALID),
    (WELCOME, _missing_incoming, OURS),
    (WELCOME, _wrong_outgoing, OURS),
    (WELCOME, _leaving_an_end, OURS),
    (WELCOME, _unknown_message, BOTH),
    (WELCOME, _no_message, OURS),
    (WELCOME, _unknown_event, BOTH),
    (WELCOME, _unknown_operation, OURS),
    (WELCOME, _misspelt_task, ALL),
    (FOLLOW_UP, _script, OURS),
    (WELCOME, _unattached_exit, OURS),
    (WELCOME, _exit_that_ends_nothing, OURS),
    (WELCOME, _circle_without_a_wait, OURS),
    (WELCOME, _two_processes, OURS),
    (WELCOME, _not_said_whether_executable, OURS),
    (WELCOME, _executable_perhaps, VALID),
    (WELCOME, _not_drawn, OURS),
    (WELCOME, _drawn_for_nothing, OURS),
    (WIN_BACK, _gateway_into_a_task, OURS),
]


@cache
def _whole(flow: str) -> tuple[bytes, frozenset[str]]:
    """Return a process with which nothing is wrong, and the variables that it may read."""
    files = case("everything").files
    content = files[f"flows/{flow}.bpmn"]
    names = frozenset(one["name"] for one in json.loads(files[VARIABLES_FILE])["variables"])
    assert check_document(content, names) == []
    assert schema_problems(content) == parser_problems(content) == []
    return content, names


@pytest.mark.parametrize(
    ("flow", "mutate", "caught_by"), [pytest.param(*row, id=row[1].__name__[1:]) for row in MUTANTS]
)
def test_a_broken_process_is_caught_by_whom_the_table_says(
    flow: str, mutate: Callable[[Xml], None], caught_by: str
) -> None:
    content, names = _whole(flow)
    root = etree.fromstring(content)
    mutate(root)
    broken = etree.tostring(root)
    catchers = [
        who
        for who, problems in (
            (SCHEMA, schema_problems(broken)),
            (PARSER, parser_problems(broken)),
            (OURS, check_document(broken, names)),
        )
        if problems
    ]
    assert " and ".join(catchers) == caught_by
