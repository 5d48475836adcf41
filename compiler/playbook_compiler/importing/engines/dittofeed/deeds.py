"""Webhooks of our own export as the steps that they carry out: tasks, changes, lists, calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.importing.engines.dittofeed.conditions import tag_of
from playbook_compiler.importing.engines.dittofeed.words import Words
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.targets.dittofeed import terms
from playbook_compiler.units import plain

Step = tuple[str, dict[str, Written]]
_CAPTURE: Final = re.compile(r"\{% capture (\w+) %\}(.*?)\{% endcapture %\}\n?", re.DOTALL)
_ALONG: Final = re.compile(r"\{% if [^%]*%\}.*?\{% endif %\}", re.DOTALL)
_TAG: Final = re.compile(r"\{\{ ([^{}]*?)(?: \| default: '')? \| json \}\}")
_SECRET: Final = re.compile(r"\{\{ secrets\['(\w+)'\] \}\}(.*)")
_METHODS: Final = ("POST", "PUT", "PATCH", "GET")
_VARIABLE: Final = "\0"  # begins a text that stands for an expression


def step_of(body: str, words: Words, event: str) -> Step | None:
    """Return the step that a webhook carries out, None for one that is none of ours."""
    said = _request(body)
    if said is None:
        return None
    url, method, data = said
    secret = _SECRET.match(url)
    if secret is not None and secret[1] == terms.API_SECRET:
        return _change(secret[2], data, words)
    if isinstance(data.get("task"), str):
        return _task(data)
    if data.get("do") in ("add", "remove") and isinstance(data.get("audience"), str):
        return _membership(data, words)
    if secret is not None and re.fullmatch(r"[A-Z][A-Z0-9_]*", secret[1]) and not secret[2]:
        return _call(secret[1], method, data, words, event)
    if url.startswith("https://"):
        return _call(url, method, data, words, event)
    return None


def _request(body: str) -> tuple[str, str, Mapping[str, Any]] | None:
    """Return the address, method and data of a webhook; an address may be a secret's tag."""
    captures = dict(_CAPTURE.findall(body))
    rest = _ALONG.sub("", _CAPTURE.sub("", body))

    def filled(tag: re.Match[str]) -> str:
        expression = tag[1]
        return json.dumps(captures.get(expression, f"{_VARIABLE}{expression}"))

    try:
        told = json.loads(_TAG.sub(filled, rest))
    except (ValueError, RecursionError):
        return None
    config, hidden = (_mapping(_mapping(told).get(key)) for key in ("config", "secret"))
    url = config.get("url", hidden.get("url"))
    method = config.get("method", "POST")
    if not isinstance(url, str) or method not in _METHODS:
        return None
    return url, str(method), _mapping(config.get("data"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _task(data: Mapping[str, Any]) -> Step:
    step: dict[str, Written] = {"task": str(data["task"])}
    if isinstance(data.get("owner"), str):
        step["owner"] = str(data["owner"])
    if isinstance(data.get("due"), str):
        step["due"] = Bare(str(data["due"]))
    return "task", step


def _membership(data: Mapping[str, Any], words: Words) -> Step:
    told: dict[str, Written] = {str(data["do"]): str(data["audience"])}
    if isinstance(data.get("at_most"), str):
        told["at_most"] = Bare(str(data["at_most"]))
    events = data.get("leave_on")
    if isinstance(events, list) and events:
        told["leave_on"] = [words.event(str(one)) for one in events]
    return "audience", {"audience": told}


def _change(path: str, data: Mapping[str, Any], words: Words) -> Step | None:
    """Return what a call of Dittofeed's own interface changes: a tag, or a fact of the shop's."""
    traits = _mapping(data.get("traits"))
    if not path.endswith("/identify") or len(traits) != 1:
        return None
    ((trait, value),) = traits.items()
    if trait.startswith("tag_") and isinstance(value, bool):
        return "update", {"update": {"tag" if value else "untag": tag_of(trait)}}
    kind = {bool: "boolean", str: "text", int: "number", float: "number"}.get(type(value))
    fact = words.fact(trait, kind) if kind is not None else None
    if fact is None or fact not in words.facts or value == "":
        return None
    said: Written = Bare(plain(Decimal(str(value)))) if kind == "number" else value
    return "update", {"update": {fact: said}}


def _call(url: str, method: str, data: Mapping[str, Any], words: Words, event: str) -> Step:
    fields: list[Written] = []
    for name, value in data.items():
        if name != "userId" and isinstance(value, str) and value.startswith(_VARIABLE):
            found = _field(name, words, event)
            fields += [found] if found else []
    if method == "POST" and not fields:
        return "call", {"call": url}
    call: dict[str, Written] = {"url": url}
    if method != "POST":
        call["method"] = method
    return "call", {"call": {**call, **({"fields": fields} if fields else {})}}


def _field(name: str, words: Words, event: str) -> str:
    """Return what a call sends along by its name; empty for what the playbook does not know."""
    if name in BUILT_IN.variables or name in BUILT_IN.facts:
        return name
    if name.startswith("trigger."):
        found = words.field(event, name.removeprefix("trigger."), "?") if event else None
        return f"trigger.{found}" if found else ""
    bare = name.removeprefix("customer.")
    fact = words.fact(terms.identifier(bare), "?")
    return name if fact == bare else ""
