"""Nodes of a workflow as JSON: one function a kind, each with the version it is written for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from playbook_compiler.targets.n8n import script
from playbook_compiler.values import dataclass

Json: TypeAlias = dict[str, Any]
VERSIONS: Final[Mapping[str, float]] = {
    "webhook": 2,
    "scheduleTrigger": 1.2,
    "code": 2,
    "if": 2.2,
    "switch": 3.2,
    "wait": 1.1,
    "emailSend": 2.1,
    "httpRequest": 4.2,
}
PREFIX: Final = "n8n-nodes-base."
SHOP: Final = f"={{{{ {script.START}.settings.shop }}}}"
_RETRY: Final = {"retryOnFail": True, "maxTries": 3, "waitBetweenTries": 5000}
# A message that cannot be delivered does not end the run.
_GO_ON: Final = {"onError": "continueRegularOutput"}


@dataclass(frozen=True, slots=True)
class Made:
    """A node without its name and place. `outputs` is how many ways lead out of it."""

    type: str
    parameters: Json
    outputs: int = 1
    extra: Json | None = None


def code(body: str, rule: Json | None = None) -> Made:
    """Return a node that runs JavaScript once."""
    text = script.script(body, rule)
    return Made("code", {"mode": "runOnceForAllItems", "language": "javaScript", "jsCode": text})


def ways(count: int) -> Made:
    """Return the node that goes the way which a Code node found: an If for two, else a Switch."""
    if count == 2:
        question = {
            "id": "way",
            "leftValue": "={{ $json.way === 0 }}",
            "rightValue": "",
            "operator": {"type": "boolean", "operation": "true", "singleValue": True},
        }
        options = {
            "caseSensitive": True,
            "leftValue": "",
            "typeValidation": "strict",
            "version": 2,
        }
        conditions = {"options": options, "conditions": [question], "combinator": "and"}
        return Made("if", {"conditions": conditions, "options": {}}, 2)
    parameters = {
        "mode": "expression",
        "numberOutputs": count,
        "output": "={{ $json.way }}",
    }
    return Made("switch", parameters, count)


def wait_seconds(seconds: int) -> Made:
    """Return a wait of elapsed time, in the largest unit that tells it whole."""
    unit, amount = "seconds", seconds
    for name, size in (("hours", 3600), ("minutes", 60)):
        if seconds % size == 0:
            unit, amount = name, seconds // size
            break
    return Made("wait", {"resume": "timeInterval", "amount": amount, "unit": unit})


def wait_until(expression: str) -> Made:
    """Return a wait until a moment that an expression tells; one that has passed is not waited
    for."""
    return Made("wait", {"resume": "specificTime", "dateTime": f"={{{{ {expression} }}}}"})


def wait_for_call(limit: str) -> Made:
    """Return a wait for a call of the execution's own address, until a moment at the latest."""
    parameters = {
        "resume": "webhook",
        "httpMethod": "POST",
        "limitWaitTime": True,
        "limitType": "atSpecifiedTime",
        "maxDateAndTime": f"={{{{ {limit} }}}}",
        "options": {},
    }
    return Made("wait", parameters)


def webhook(path: str, credential: Json) -> Made:
    """Return the trigger that the shop calls."""
    parameters = {
        "httpMethod": "POST",
        "path": path,
        "authentication": "headerAuth",
        "responseMode": "onReceived",
        "options": {},
    }
    return Made("webhook", parameters, extra={"credentials": {"httpHeaderAuth": credential}})


def schedule(rule: Json) -> Made:
    """Return the trigger that runs at set times."""
    return Made("scheduleTrigger", {"rule": {"interval": [rule]}})


def mail(credential: Json, reply_to: str) -> Made:
    """Return the sending of the message that the node before has made."""
    options: Json = {"appendAttribution": False}
    if reply_to:
        options["replyTo"] = reply_to
    parameters = {
        "fromEmail": "={{ $json.from }}",
        "toEmail": "={{ $json.to }}",
        "subject": "={{ $json.subject }}",
        "emailFormat": "both",
        "text": "={{ $json.text }}",
        "html": "={{ $json.html }}",
        "options": options,
    }
    return Made("emailSend", parameters, extra={"credentials": {"smtp": credential}, **_GO_ON})


def get(url: str, credential: Json) -> Made:
    """Return a question to the shop, asked again where it fails."""
    return Made(
        "httpRequest",
        {"method": "GET", "url": url, **_AUTHORIZED, "options": {}},
        extra={"credentials": {"httpHeaderAuth": credential}, **_RETRY},
    )


def send(
    url: str,
    body: str,
    credential: Json | None,
    method: str = "POST",
    *,
    go_on: bool = True,
) -> Made:
    """Return a call with a body: `body` is the inside of an expression that makes JSON."""
    parameters: Json = {"method": method, "url": url}
    if credential is not None:
        parameters |= _AUTHORIZED
    if method == "GET":
        parameters |= {"sendQuery": True, "specifyQuery": "json", "jsonQuery": _json(body)}
    else:
        parameters |= {
            "sendBody": True,
            "contentType": "json",
            "specifyBody": "json",
            "jsonBody": _json(body),
        }
    extra: Json = {} if credential is None else {"credentials": {"httpHeaderAuth": credential}}
    return Made(
        "httpRequest", {**parameters, "options": {}}, extra=extra | (_GO_ON if go_on else {})
    )


_AUTHORIZED: Final[Json] = {
    "authentication": "genericCredentialType",
    "genericAuthType": "httpHeaderAuth",
}


def _json(body: str) -> str:
    return f"={{{{ JSON.stringify({body}) }}}}"


def record(fields: Mapping[str, str]) -> str:
    """Return the inside of an expression: a record of expressions by name."""
    inside = ", ".join(f"{script.quoted(name)}: {value}" for name, value in fields.items())
    return f"{{ {inside} }}"
