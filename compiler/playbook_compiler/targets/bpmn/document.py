"""A process as BPMN 2.0 XML: a tree of the standard library, which escapes what it holds."""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import SubElement, indent, tostring

from playbook_compiler.export.dialect import inert_tags
from playbook_compiler.targets.bpmn.elements import (
    BOUNDARY,
    EVENT_BASED,
    SEND,
    SERVICE,
    SUB_PROCESS,
    Arrow,
    ConditionEvent,
    Data,
    Element,
    MessageEvent,
    Process,
    Scope,
    TimerEvent,
)
from playbook_compiler.targets.bpmn.layout import Layout, layout
from playbook_compiler.targets.bpmn.names import message_id

LANGUAGE: Final = "https://www.python.org/"
OURS: Final = "https://playbook-compiler.example/bpmn"
NAMESPACES: Final = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:playbook": OURS,
}
# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INTERFACE, _DONE = "interface_playbook", "message_done"


def document(process: Process) -> bytes:
    """Return a process as the file that engines and modellers open."""
    root = Xml(
        "bpmn:definitions",
        {
            **NAMESPACES,
            "id": f"definitions_{process.id}",
            "name": clean(process.name),
            "targetNamespace": OURS,
            "expressionLanguage": LANGUAGE,
            "typeLanguage": LANGUAGE,
            "exporter": "playbook-compiler",
        },
    )
    for name in sorted(_messages(process.scope)):
        SubElement(root, "bpmn:message", {"id": message_id(name), "name": clean(name)})
    _interface(root, process.scope)
    body = SubElement(
        root,
        "bpmn:process",
        {
            "id": process.id,
            "name": clean(process.name),
            "isExecutable": str(process.executable).lower(),
        },
    )
    _about(body, process.about, process.data)
    _scope(body, process.scope)
    _diagram(root, process)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def clean(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def _messages(scope: Scope) -> set[str]:
    found = set()
    for element in scope.elements:
        if element.message:
            found.add(element.message)
        if isinstance(element.event, MessageEvent):
            found.add(element.event.message)
        if element.scope is not None:
            found |= _messages(element.scope)
    return found


def _operations(scope: Scope) -> set[str]:
    found = set()
    for element in scope.elements:
        if element.operation:
            found.add(element.operation)
        if element.scope is not None:
            found |= _operations(element.scope)
    return found


def _interface(root: Xml, scope: Scope) -> None:
    """Declare what the application does for service tasks."""
    operations = sorted(_operations(scope))
    if not operations:
        return
    SubElement(root, "bpmn:message", {"id": _DONE, "name": "what a service task is told"})
    made = SubElement(root, "bpmn:interface", {"id": _INTERFACE, "name": "playbook"})
    for name in operations:
        operation = SubElement(made, "bpmn:operation", {"id": f"operation_{name}", "name": name})
        SubElement(operation, "bpmn:inMessageRef").text = _DONE


def _scope(parent: Xml, scope: Scope) -> None:
    for element in scope.elements:
        _element(parent, element, scope)
    for arrow in scope.arrows:
        _arrow(parent, arrow)


def _element(parent: Xml, element: Element, scope: Scope) -> None:
    attributes = {"id": element.id}
    if element.name:
        attributes["name"] = clean(inert_tags(element.name))
    for arrow in scope.arrows:
        if arrow.source == element.id and arrow.default:
            attributes["default"] = arrow.id
    if element.tag == EVENT_BASED:
        attributes |= {"eventGatewayType": "Exclusive", "instantiate": "false"}
    if element.tag == SEND:
        attributes["messageRef"] = message_id(element.message)
    if element.tag == SERVICE:
        attributes["operationRef"] = f"operation_{element.operation}"
    if element.tag == BOUNDARY:
        attributes |= {"attachedToRef": element.attached, "cancelActivity": "true"}
    made = SubElement(parent, f"bpmn:{element.tag}", attributes)
    _about(made, element.about, element.data)
    for way, found in (
        ("incoming", [one for one in scope.arrows if one.target == element.id]),
        ("outgoing", [one for one in scope.arrows if one.source == element.id]),
    ):
        for arrow in found:
            SubElement(made, f"bpmn:{way}").text = arrow.id
    match element.event:
        case MessageEvent(message):
            SubElement(
                made,
                "bpmn:messageEventDefinition",
                {"id": f"{element.id}_message", "messageRef": message_id(message)},
            )
        case TimerEvent(kind, expression):
            timer = SubElement(made, "bpmn:timerEventDefinition", {"id": f"{element.id}_timer"})
            _expression(timer, kind, expression)
        case ConditionEvent(expression):
            asked = SubElement(
                made, "bpmn:conditionalEventDefinition", {"id": f"{element.id}_condition"}
            )
            _expression(asked, "condition", expression)
    if element.tag == SUB_PROCESS and element.scope is not None:
        _scope(made, element.scope)


def _arrow(parent: Xml, arrow: Arrow) -> None:
    attributes = {"id": arrow.id, "sourceRef": arrow.source, "targetRef": arrow.target}
    if arrow.name:
        attributes["name"] = clean(arrow.name)
    made = SubElement(parent, "bpmn:sequenceFlow", attributes)
    if arrow.condition:
        _expression(made, "conditionExpression", arrow.condition)


def _expression(parent: Xml, tag: str, text: str) -> None:
    kind = {"xsi:type": "bpmn:tFormalExpression"}
    SubElement(parent, f"bpmn:{tag}", kind).text = clean(text)


def _about(parent: Xml, about: str, data: Data) -> None:
    if about:
        SubElement(parent, "bpmn:documentation").text = clean(inert_tags(about))
    if data:
        extension = SubElement(parent, "bpmn:extensionElements")
        for name, value in data:
            SubElement(extension, "playbook:data", {"name": name}).text = clean(value)


def _diagram(root: Xml, process: Process) -> None:
    """Write where everything stands, so that the file opens in a modeller."""
    places = layout(process.scope)
    diagram = SubElement(root, "bpmndi:BPMNDiagram", {"id": f"diagram_{process.id}"})
    plane = SubElement(
        diagram, "bpmndi:BPMNPlane", {"id": f"plane_{process.id}", "bpmnElement": process.id}
    )
    _shapes(plane, process.scope, places)


def _shapes(plane: Xml, scope: Scope, places: Layout) -> None:
    for element in scope.elements:
        attributes = {"id": f"{element.id}_shape", "bpmnElement": element.id}
        if element.tag == SUB_PROCESS:
            attributes["isExpanded"] = "true"
        if element.tag == "exclusiveGateway":
            attributes["isMarkerVisible"] = "true"
        shape = SubElement(plane, "bpmndi:BPMNShape", attributes)
        box = places.boxes[element.id]
        SubElement(
            shape,
            "dc:Bounds",
            {"x": f"{box.x}", "y": f"{box.y}", "width": f"{box.width}", "height": f"{box.height}"},
        )
        if element.scope is not None:
            _shapes(plane, element.scope, places)
    for arrow in scope.arrows:
        edge = SubElement(
            plane, "bpmndi:BPMNEdge", {"id": f"{arrow.id}_edge", "bpmnElement": arrow.id}
        )
        for x, y in places.lines[arrow.id]:
            SubElement(edge, "di:waypoint", {"x": f"{x}", "y": f"{y}"})
