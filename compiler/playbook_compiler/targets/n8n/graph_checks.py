"""What n8n's own parser lets through: our own checks of every workflow before it leaves.

The parser asks for nodes with names and links between them. A workflow may use only what the
exporter writes, so every node is checked against a closed list of keys, and every expression
against the words that expressions here are made of: a text of an author that became one shows.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any, Final

from playbook_compiler.targets.n8n.nodes import PREFIX, VERSIONS

LEAD: Final = "// Written by playbook: change the playbook, not this.\n"
WORKFLOW: Final = (
    *("id", "name", "active", "nodes", "connections", "settings", "pinData", "tags"),
)
NODE: Final = (
    *("id", "name", "type", "typeVersion", "position", "parameters", "credentials"),
    *("webhookId", "notes", "retryOnFail", "maxTries", "waitBetweenTries", "onError"),
)
_HTTP = ("method", "url", "authentication", "genericAuthType", "options")
PARAMETERS: Final[dict[str, tuple[str, ...]]] = {
    "webhook": ("httpMethod", "path", "authentication", "responseMode", "options"),
    "scheduleTrigger": ("rule",),
    "code": ("mode", "language", "jsCode"),
    "if": ("conditions", "options"),
    "switch": ("mode", "numberOutputs", "output"),
    "wait": (
        *("resume", "amount", "unit", "dateTime", "httpMethod", "limitWaitTime"),
        *("limitType", "maxDateAndTime", "options"),
    ),
    "emailSend": (*("fromEmail", "toEmail", "subject", "emailFormat", "text", "html", "options"),),
    "httpRequest": (
        *(*_HTTP, "sendBody", "contentType", "specifyBody", "jsonBody"),
        *("sendQuery", "specifyQuery", "jsonQuery"),
    ),
}
TRIGGERS: Final = ("webhook", "scheduleTrigger")
_METHODS = ("GET", "POST", "PUT", "PATCH")
_LITERAL = re.compile(r'"(?:[^"\\{}<>]|\\.)*"|\'Start\'')
_WORDS: Final = frozenset(
    (
        *("$", "$json", "$now", "$execution", "first", "json", "settings", "shop", "n8n"),
        *("customer", "id", "trigger", "started", "zone", "encodeURIComponent", "JSON"),
        *("stringify", "plus", "setZone", "toISO", "months", "days", "seconds", "resumeUrl"),
        *("until", "way", "from", "to", "subject", "text", "html", "null", "true", "false"),
    )
)
_WORD = re.compile(r"[A-Za-z_$][\w$]*")


def check_workflow(workflow: Any) -> list[str]:
    """Return everything that is wrong with a workflow, in words."""
    return list(dict.fromkeys(_workflow(workflow)))


def _workflow(workflow: Any) -> Iterator[str]:
    if not isinstance(workflow, dict):
        yield "the workflow is not an object"
        return
    for key in workflow:
        if key not in WORKFLOW:
            yield f"the workflow has the key {key!r}, which is not one that is written here"
    if workflow.get("active") is not False:
        yield "the workflow is active: exports are not"
    if not re.fullmatch(r"[0-9a-f]{16}", str(workflow.get("id"))):
        yield f"the id {workflow.get('id')!r} is not sixteen signs"
    if not str(workflow.get("name") or "").strip():
        yield "no name"
    nodes = [node for node in workflow.get("nodes", []) if isinstance(node, dict)]
    names = [node.get("name") for node in nodes]
    ids = [node.get("id") for node in nodes]
    calls = [node["webhookId"] for node in nodes if "webhookId" in node]
    for kind, several in (("name", names), ("id", ids), ("webhookId", calls)):
        for one in several:
            if several.count(one) > 1:
                yield f"the {kind} {one!r} twice"
    for node in nodes:
        yield from _node(node)
    yield from _links(workflow.get("connections"), {node.get("name"): node for node in nodes})


def _node(node: dict[str, Any]) -> Iterator[str]:
    where = repr(node.get("name"))
    for key in node:
        if key not in NODE:
            yield f"{where} has the key {key!r}, which is not one that is written here"
    try:
        uuid.UUID(str(node.get("id")))
    except ValueError:
        yield f"{where} has no id of its own"
    kind = str(node.get("type") or "").removeprefix(PREFIX)
    if kind not in VERSIONS or not str(node.get("type")).startswith(PREFIX):
        yield f"{where} is of type {node.get('type')!r}, which is not written here"
        return
    if node.get("typeVersion") != VERSIONS[kind]:
        yield f"{where} has the version {node.get('typeVersion')!r} of {kind}"
    position = node.get("position")
    if not isinstance(position, list) or [type(one) for one in position] != [int, int]:
        yield f"{where} stands at {position!r}"
    parameters = node.get("parameters")
    if not isinstance(parameters, dict):
        yield f"{where} has no parameters"
        return
    for key in parameters:
        if key not in PARAMETERS[kind]:
            yield f"{where} has the parameter {key!r}, which is not one that is written here"
    yield from _expressions(parameters, where)
    match kind:
        case "webhook":
            if not re.fullmatch(r"playbook/[a-z0-9./_-]+", str(parameters.get("path"))):
                yield f"{where} has the path {parameters.get('path')!r}"
            if parameters.get("authentication") != "headerAuth" or "credentials" not in node:
                yield f"{where} can be called by anybody"
            if "webhookId" not in node:
                yield f"{where} has no webhookId"
        case "code":
            if not str(parameters.get("jsCode")).startswith(LEAD):
                yield f"{where} holds code that is not written here"
        case "switch":
            count = parameters.get("numberOutputs")
            if not isinstance(count, int) or count < 1:
                yield f"{where} has {count!r} ways out"
        case "wait":
            yield from _wait(parameters, where)
        case "httpRequest":
            if parameters.get("method") not in _METHODS:
                yield f"{where} has the method {parameters.get('method')!r}"
            if not re.match(r"https://|=\{\{|\$\{lookup:url\.", str(parameters.get("url"))):
                yield f"{where} calls {parameters.get('url')!r}"
        case "emailSend":
            if "smtp" not in (node.get("credentials") or {}):
                yield f"{where} has no account to send from"


def _wait(parameters: dict[str, Any], where: str) -> Iterator[str]:
    match parameters.get("resume"):
        case "timeInterval":
            amount = parameters.get("amount")
            if not isinstance(amount, int) or isinstance(amount, bool) or amount < 1:
                yield f"{where} waits {amount!r}: a wait is a whole number above 0"
            if parameters.get("unit") not in ("seconds", "minutes", "hours", "days"):
                yield f"{where} waits in {parameters.get('unit')!r}: n8n has no such unit"
        case "specificTime":
            if not str(parameters.get("dateTime")).startswith("={{ "):
                yield f"{where} waits until {parameters.get('dateTime')!r}"
        case "webhook":
            if parameters.get("limitWaitTime") is not True or not parameters.get("maxDateAndTime"):
                yield f"{where} may wait for ever"
        case other:
            yield f"{where} waits for {other!r}"


def _expressions(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _expressions(one, where)
    elif isinstance(value, list):
        for one in value:
            yield from _expressions(one, where)
    elif isinstance(value, str) and value.startswith("="):
        inside = re.findall(r"\{\{(.*?)\}\}", value[1:], re.DOTALL)
        rest = re.sub(r"\{\{(.*?)\}\}", "", value[1:], flags=re.DOTALL)
        if not inside or "{{" in rest or "}}" in rest:
            yield f"{where} holds {value[:60]!r}, which is no whole expression"
        for one in inside:
            bare = _LITERAL.sub(" ", one)
            strange = set(_WORD.findall(bare)) - _WORDS
            if strange or '"' in bare or "'" in bare or "`" in bare:
                yield f"{where} holds an expression that is not written here: {one[:80]!r}"


def _outputs(node: dict[str, Any]) -> int:
    if str(node.get("type")).endswith(".if"):
        return 2
    count = (node.get("parameters") or {}).get("numberOutputs", 1)
    return count if isinstance(count, int) else 1


def _links(connections: Any, by_name: dict[Any, dict[str, Any]]) -> Iterator[str]:
    """Check the links: none dangling, no cycle, nothing that no trigger leads to."""
    if not isinstance(connections, dict):
        yield "no connections"
        return
    after: dict[Any, list[Any]] = {name: [] for name in by_name}
    for source, kinds in connections.items():
        node = by_name.get(source)
        if node is None:
            yield f"links from {source!r}, which is no node"
            continue
        if set(kinds) != {"main"}:
            yield f"{source!r} has links of the kinds {sorted(kinds)}"
            continue
        if len(kinds["main"]) > _outputs(node):
            yield f"{source!r} has {len(kinds['main'])} ways out, and only {_outputs(node)}"
        for way in kinds["main"]:
            for link in way or []:
                target = link.get("node")
                if target not in by_name:
                    yield f"{source!r} leads to {target!r}, which is no node"
                    continue
                if link.get("type") != "main" or link.get("index") != 0:
                    yield f"{source!r} leads into no input of {target!r}"
                if str(by_name[target].get("type")).removeprefix(PREFIX) in TRIGGERS:
                    yield f"{source!r} leads into the trigger {target!r}"
                after[source].append(target)
    begins = [
        name
        for name, node in by_name.items()
        if str(node.get("type")).removeprefix(PREFIX) in TRIGGERS
    ]
    if "Called" not in begins:
        yield "nothing starts the workflow"
    state: dict[Any, int] = {}
    for begin in begins:
        stack: list[tuple[Any, bool]] = [(begin, False)]
        while stack:
            name, done = stack.pop()
            if done:
                state[name] = 2
            elif name not in state:
                state[name] = 1
                stack.append((name, True))
                for target in after[name]:
                    if state.get(target) == 1:
                        yield f"a cycle through {target!r}"
                    stack.append((target, False))
    for name in by_name:
        if name not in state:
            yield f"nothing leads to {name!r}"
