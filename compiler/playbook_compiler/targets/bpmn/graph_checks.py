"""What an engine's parser and the schema let through: the graph of a process, checked on the XML.

Everything is read back from the bytes that are written, so that a mistake in writing shows, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import ParseError, fromstring

from playbook_compiler.targets.bpmn.elements import (
    BOUNDARY,
    CATCH,
    END,
    EVENT_BASED,
    EXCLUSIVE,
    SEND,
    SERVICE,
    START,
    SUB_PROCESS,
    THROW,
)
from playbook_compiler.targets.bpmn.expression_checks import check_expression, check_timer
from playbook_compiler.targets.bpmn.files import VARIABLES_FILE
from playbook_compiler.values import dataclass

_MODEL: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_DI: Final = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_WAYPOINT: Final = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
_BOUNDS: Final = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
_NODES: Final = (
    *(START, END, CATCH, THROW, BOUNDARY, SEND, SERVICE, EXCLUSIVE, EVENT_BASED, SUB_PROCESS),
)
_FLOW: Final = "sequenceFlow"
_NOT_NODES: Final = ("documentation", "extensionElements", "incoming", "outgoing", _FLOW)
_NC_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*\Z")


@dataclass(frozen=True, slots=True)
class _File:
    """One file while it is checked. `names` are the variables that expressions may read, `messages`
    the names of messages by id, `operations` the ids of what service tasks may do."""

    root: Xml
    names: frozenset[str]
    messages: Mapping[str, str]
    operations: frozenset[str]
    problems: list[str]

    def say(self, element: Xml | None, what: str) -> None:
        """Note a problem at an element."""
        where = f"{element.get('id', element.tag)}: " if element is not None else ""
        self.problems.append(where + what)


def check_files(files: Mapping[str, bytes]) -> list[str]:
    """Return what is wrong with the files of an export."""
    asked = json.loads(files[VARIABLES_FILE])
    names = frozenset(one["name"] for one in asked["variables"])
    problems = []
    for path, content in files.items():
        if path.endswith(".bpmn"):
            found = check_document(content, names)
            problems += [f"{path}: {problem}" for problem in found]
            problems += [f"{path}: no file {text}" for text in _texts(content) if text not in files]
    return problems


def check_document(content: bytes, names: frozenset[str]) -> list[str]:
    """Return what is wrong with one process; `names` are the variables that the export lists."""
    try:
        root = fromstring(content)
    except ParseError as error:
        return [f"not XML: {error}"]
    messages = {one.get("id", ""): one.get("name", "") for one in root.findall(f"{_MODEL}message")}
    operations = frozenset(one.get("id", "") for one in root.iter(f"{_MODEL}operation"))
    file = _File(root, names, messages, operations, [])
    processes = root.findall(f"{_MODEL}process")
    if len(processes) != 1:
        file.say(None, f"{len(processes)} processes, expected one")
    _check_ids(file)
    for process in processes:
        if process.get("isExecutable") not in ("true", "false"):
            file.say(process, "it is not said whether the process is executable")
        _check_scope(file, process, is_process=True)
    _check_diagram(file)
    return file.problems


def _texts(content: bytes) -> Iterator[str]:
    """Yield the files that send tasks name."""
    try:
        root = fromstring(content)
    except ParseError:
        return
    for task in root.iter(f"{_MODEL}{SEND}"):
        for data in task.iter():
            if data.get("name") == "texts" and data.text:
                yield data.text


def _check_ids(file: _File) -> None:
    seen: set[str] = set()
    for element in file.root.iter():
        id_ = element.get("id")
        if id_ is None:
            continue
        if not _NC_NAME.match(id_):
            file.say(element, "an id that XML does not take")
        if id_ in seen:
            file.say(element, "two elements have this id")
        seen.add(id_)
    for kind in ("message", "interface"):
        for element in file.root.findall(f"{_MODEL}{kind}"):
            if not element.get("id") or not element.get("name"):
                file.say(element, f"{kind} without id or name")


def _plain(element: Xml) -> str:
    return element.tag.removeprefix(_MODEL)


def _check_scope(file: _File, scope: Xml, *, is_process: bool) -> None:
    nodes: dict[str, Xml] = {}
    flows: list[Xml] = []
    for child in scope:
        tag = _plain(child)
        if tag in _NODES:
            nodes[child.get("id", "")] = child
        elif tag == _FLOW:
            flows.append(child)
        elif tag not in _NOT_NODES:
            file.say(child, f"an element that this target never writes: {tag}")
    out: dict[str, list[Xml]] = {name: [] for name in nodes}
    into: dict[str, list[Xml]] = {name: [] for name in nodes}
    for flow in flows:
        for ref, ends in (("sourceRef", out), ("targetRef", into)):
            end = flow.get(ref, "")
            if end not in nodes:
                file.say(flow, f"{ref} leads to nothing in its scope: {end!r}")
            else:
                ends[end].append(flow)
    for name, node in nodes.items():
        for way, ends in (("incoming", into), ("outgoing", out)):
            told = sorted(one.text or "" for one in node.findall(f"{_MODEL}{way}"))
            if told != sorted(flow.get("id", "") for flow in ends[name]):
                file.say(node, f"{way} is not what the sequence flows say")
        _check_node(file, node, nodes, into[name], out[name])
    _check_starts(file, scope, nodes, is_process=is_process)
    _check_ways(file, nodes, flows)


def _check_starts(file: _File, scope: Xml, nodes: dict[str, Xml], *, is_process: bool) -> None:
    """One start by the trigger, and at most one by which other flows start the process."""
    starts = [node for node in nodes.values() if _plain(node) == START]
    called = []
    for node in starts:
        event = node.find(f"{_MODEL}messageEventDefinition")
        if event is not None and file.messages.get(event.get("messageRef", ""), "").startswith(
            "start:"
        ):
            called.append(node)
        elif is_process and not _events(node):
            file.say(node, "a process that starts without a reason")
    if len(starts) - len(called) != 1 or len(called) > (1 if is_process else 0):
        file.say(scope, f"{len(starts)} start events")
    if not any(_plain(node) == END for node in nodes.values()):
        file.say(scope, "no end event")


def _events(node: Xml) -> list[Xml]:
    return [child for child in node if child.tag.endswith("EventDefinition")]


def _check_node(
    file: _File, node: Xml, nodes: dict[str, Xml], into: list[Xml], out: list[Xml]
) -> None:
    tag = _plain(node)
    if tag in (START, BOUNDARY) and into:
        file.say(node, "something leads to it")
    if tag == END:
        if out:
            file.say(node, "an end that leads on")
    elif not out:
        file.say(node, "nothing follows it")
    if tag not in (EXCLUSIVE, EVENT_BASED):
        if len(out) > 1:
            file.say(node, "several ways out of what is no gateway")
        if any(flow.find(f"{_MODEL}conditionExpression") is not None for flow in out):
            file.say(node, "a condition on the only way out")
    if tag == EXCLUSIVE:
        _check_choice(file, node, out)
    if tag == EVENT_BASED:
        waits = [nodes.get(flow.get("targetRef", "")) for flow in out]
        if len(out) < 2 or any(one is None or _plain(one) != CATCH for one in waits):
            file.say(node, "an event-based gateway that does not lead to several events")
    if tag == SUB_PROCESS:
        _check_scope(file, node, is_process=False)
    if tag == BOUNDARY:
        host = nodes.get(node.get("attachedToRef", ""))
        if host is None or _plain(host) != SUB_PROCESS:
            file.say(node, "attached to nothing")
        if node.get("cancelActivity") != "true":
            file.say(node, "an exit that ends nothing")
    if tag in (CATCH, BOUNDARY) and len(_events(node)) != 1:
        file.say(node, "expected one event definition")
    _check_references(file, node, tag)
    for event in _events(node):
        _check_event(file, node, event)


def _check_references(file: _File, node: Xml, tag: str) -> None:
    if tag == SEND and node.get("messageRef") not in file.messages:
        file.say(node, "sends a message that is not declared")
    if tag == SERVICE and node.get("operationRef") not in file.operations:
        file.say(node, "an operation that is not declared")
    for event in node.findall(f"{_MODEL}messageEventDefinition"):
        if event.get("messageRef") not in file.messages:
            file.say(node, "a message that is not declared")


def _check_choice(file: _File, node: Xml, out: list[Xml]) -> None:
    default = node.get("default")
    if len(out) < 2:
        file.say(node, "a gateway with nothing to choose")
    if default not in [flow.get("id") for flow in out]:
        file.say(node, "no default way out: what is unknown would stop the run")
    for flow in out:
        asked = flow.find(f"{_MODEL}conditionExpression")
        if flow.get("id") == default:
            if asked is not None:
                file.say(flow, "a condition on the default way")
        elif asked is None or not (asked.text or "").strip():
            file.say(flow, "a way without a condition that is not the default")
        else:
            for problem in check_expression(asked.text or "", file.names):
                file.say(flow, problem)


def _check_event(file: _File, node: Xml, event: Xml) -> None:
    expressions = [child for child in event if child.tag.startswith(_MODEL)]
    tag = _plain(event)
    if tag == "messageEventDefinition":
        return
    if len(expressions) != 1:
        file.say(node, "expected one expression")
        return
    kind, text = _plain(expressions[0]), expressions[0].text or ""
    if tag == "timerEventDefinition":
        problems = check_timer(kind, text, file.names)
    elif tag == "conditionalEventDefinition" and kind == "condition":
        problems = check_expression(text, file.names)
    else:
        problems = [f"an event that this target never writes: {tag}"]
    for problem in problems:
        file.say(node, problem)


def _check_ways(file: _File, nodes: dict[str, Xml], flows: list[Xml]) -> None:
    """Everything is reached from a start, and no circle is without a wait."""
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in flows:
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if source in nodes and target in nodes:
            after[source].append(target)
    waiting = [name for name, node in nodes.items() if _plain(node) in (START, BOUNDARY)]
    seen = set(waiting)
    while waiting:
        for target in after[waiting.pop()]:
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    for name in sorted(set(nodes) - seen):
        file.say(nodes[name], "nothing leads to it")
    busy = {name for name, node in nodes.items() if _plain(node) != CATCH}
    left = {name: {one for one in after[name] if one in busy} for name in busy}
    while done := {name for name, targets in left.items() if not targets & left.keys()}:
        left = {name: targets for name, targets in left.items() if name not in done}
    for name in sorted(left):
        file.say(nodes[name], "a circle without a wait")


def _check_diagram(file: _File) -> None:
    """Everything is drawn once, and nothing is drawn that is not there."""
    drawn: dict[str, Xml] = {}
    for tag, least in (("BPMNShape", _BOUNDS), ("BPMNEdge", _WAYPOINT)):
        for shape in file.root.iter(f"{_DI}{tag}"):
            name = shape.get("bpmnElement", "")
            if name in drawn:
                file.say(shape, f"{name} is drawn twice")
            drawn[name] = shape
            if len(shape.findall(least)) < (2 if tag == "BPMNEdge" else 1):
                file.say(shape, "drawn without a place")
    there = {
        element.get("id", "")
        for process in file.root.findall(f"{_MODEL}process")
        for element in process.iter()
        if _plain(element) in (*_NODES, _FLOW)
    }
    for name in sorted(there - drawn.keys()):
        file.say(None, f"{name} is not drawn")
    for name in sorted(drawn.keys() - there):
        file.say(None, f"{name} is drawn but not there")
