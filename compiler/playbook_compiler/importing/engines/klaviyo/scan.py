"""A first look at everything: which facts, events and stand-ins the playbook has to declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playbook_compiler.importing.engines.klaviyo.account import Account
from playbook_compiler.importing.engines.klaviyo.graph import identity
from playbook_compiler.importing.engines.klaviyo.literals import (
    Test,
    key_of,
    literal_of,
    literals_of,
)
from playbook_compiler.importing.engines.klaviyo.times import clock
from playbook_compiler.importing.engines.klaviyo.vocabulary import (
    OWN_PROPERTIES,
    Vocabulary,
    property_name,
    tests_in,
)

_KNOWN_FORKS = ("conditional-split", "trigger-split", "multi-branch-split")
_STAND_IN = "playbook: "


def scan(account: Account, words: Vocabulary, flows: Mapping[str, str]) -> None:
    """Settle the names of all metrics, properties and segments, and stand-ins for the rest."""
    for kind in ("segment", "flow"):
        for key, thing in account.of(kind).items():
            words.flow = flows.get(key, "")
            for _, test in tests_in(thing.attributes):
                _look_at(test, words)
            if kind == "flow":
                _triggers(thing.attributes, words)
                _forks(thing.attributes, words)
    for kind in ("segment", "flow"):
        for key, thing in account.of(kind).items():
            words.flow = flows.get(key, "")
            for group in _groups(thing.attributes):
                if literals_of(group, words) is None:
                    _stand_in(group, words)


def _look_at(test: Test, words: Vocabulary) -> None:
    name = property_name(test.get("property"))
    if name is not None and name.startswith(_STAND_IN):
        words.spoken.setdefault(name, name.removeprefix(_STAND_IN))
    if name is None or not name.startswith(OWN_PROPERTIES):
        literal_of(test, words)


def _groups(value: Any) -> list[list[Test]]:
    found: dict[str, list[Test]] = {}
    for path, test in tests_in(value):
        name = property_name(test.get("property"))
        if test.get("type") != "profile-sample" and (
            name is None or not name.startswith(OWN_PROPERTIES)
        ):
            found.setdefault(path.rpartition("/conditions/")[0], []).append(test)
    return list(found.values())


def _stand_in(group: list[Test], words: Vocabulary) -> None:
    """Let facts of the shop's own stand for the tests that cannot be said."""
    for test in group:
        rest = [one for one in group if one is not test]
        if literal_of(test, words) is None and literals_of([*rest], words) is not None:
            words.stand_in(key_of(test))
    if literals_of(group, words) is None:
        for test in group:
            if literal_of(test, words) is None:
                words.stand_in(key_of(test))


def _triggers(attributes: Mapping[str, Any], words: Vocabulary) -> None:
    definition = attributes.get("definition")
    listed = definition.get("triggers") if isinstance(definition, dict) else None
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get("type") == "metric":
            words.event(words.metric(one.get("id")))


def _forks(attributes: Mapping[str, Any], words: Vocabulary) -> None:
    """Declare stand-ins for forks that ask something the language has no words for."""
    definition = attributes.get("definition")
    listed = definition.get("actions") if isinstance(definition, dict) else None
    for one in listed if isinstance(listed, list) else ():
        links = one.get("links") if isinstance(one, dict) else None
        forks = isinstance(links, dict) and ("next_if_true" in links or "next_if_false" in links)
        if forks and one.get("type") not in _KNOWN_FORKS:
            words.stand_in(f"fork:{words.flow}:{identity(one)}")


def quiet_end(account: Account) -> str:
    """Return the time of day to which all delays of days are held; empty where they are not."""
    times: set[str] = set()
    for thing in account.of("flow").values():
        definition = thing.attributes.get("definition")
        listed = definition.get("actions") if isinstance(definition, dict) else None
        actions = [
            one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)
        ]
        if account.ours and not any(one.get("type") in _SENDS for one in actions):
            continue
        for one in actions:
            data = one.get("data")
            if not isinstance(data, dict):
                continue
            if one.get("type") == "time-delay" and data.get("unit") == "days":
                times.add(clock(data.get("delay_until_time")))
            elif identity(one) == "trigger~hours":
                times.add(clock(data.get("target_time")))
    if account.ours:
        times.discard("")
    return times.pop() if len(times) == 1 else ""


_SENDS = ("send-email", "send-sms", "send-mobile-push")
