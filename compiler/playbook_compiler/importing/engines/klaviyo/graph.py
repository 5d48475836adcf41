"""A flow's actions as a graph: ids, links and who leads where, whatever the input says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from playbook_compiler.importing.engines.klaviyo.account import text_of
from playbook_compiler.importing.engines.klaviyo.literals import Test
from playbook_compiler.importing.imported import Notes
from playbook_compiler.values import dataclass

Action = dict[str, Any]
_FAR = 50


@dataclass(frozen=True, slots=True)
class Actions:
    """Actions by id, with their places in the input. `before` counts the links to each."""

    by_id: Mapping[str, Action]
    paths: Mapping[str, str]
    before: Counter[str]

    def next(self, id_: str) -> str | None:
        """Return the action after one with a single way out."""
        return self.link(id_, "next")

    def link(self, id_: str, way: str) -> str | None:
        """Return the action on a way; None where the run ends, also for what is not there."""
        links = self.by_id[id_].get("links")
        target = text_of(links.get(way)) if isinstance(links, dict) else ""
        return target if target in self.by_id else None

    def branches(self, id_: str) -> list[tuple[Mapping[str, Any], str | None]]:
        """Return the branches of a multi-branch split in their order, each with its target."""
        found = [(one, _target(one)) for one in _branches(self.by_id[id_])]
        return [(one, target if target in self.by_id else None) for one, target in found]

    def after(self, id_: str | None) -> list[str]:
        """Return an action and those that it leads to, near ones first."""
        found: list[str] = []
        waiting = [id_] if id_ is not None and id_ in self.by_id else []
        while waiting and len(found) < _FAR:
            one = waiting.pop(0)
            if one not in found:
                found.append(one)
                waiting += [to for to in links_of(self.by_id[one]) if to in self.by_id]
        return found

    def kind(self, id_: str | None) -> str:
        """Return the type of an action, empty for none."""
        return text_of(self.by_id[id_].get("type")) if id_ is not None else ""

    def data(self, id_: str) -> Mapping[str, Any]:
        """Return what an action says."""
        data = self.by_id[id_].get("data")
        return data if isinstance(data, dict) else {}


def actions_of(definition: Mapping[str, Any], path: str, notes: Notes) -> Actions:
    """Return the actions of a definition; what cannot be an action is noted."""
    by_id: dict[str, Action] = {}
    paths: dict[str, str] = {}
    listed = definition.get("actions")
    for number, action in enumerate(listed if isinstance(listed, list) else ()):
        place = f"{path}/actions/{number}"
        id_ = identity(action) if isinstance(action, dict) else ""
        if not id_ or id_ in by_id:
            why = "another one has its id" if id_ else "it has no id"
            notes.left(place, "an action", why, "look for it in Klaviyo")
            continue
        by_id[id_], paths[id_] = action, place
    before: Counter[str] = Counter(
        target for action in by_id.values() for target in links_of(action) if target
    )
    entry = text_of(definition.get("entry_action_id"))
    if entry:
        before[entry] += 1
    for id_, action in by_id.items():
        for target in links_of(action):
            if target and target not in by_id:
                notes.left(
                    paths[id_],
                    f"the link to `{target}`",
                    "there is no such action: the run ends here",
                    "look at the flow in Klaviyo",
                )
    return Actions(by_id, paths, before)


def identity(action: Mapping[str, Any]) -> str:
    """Return the id by which links name an action."""
    for key in ("temporary_id", "id"):
        value = action.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def links_of(action: Mapping[str, Any]) -> Iterator[str]:
    """Return where an action's links lead."""
    links = action.get("links")
    for target in (links if isinstance(links, dict) else {}).values():
        if isinstance(target, str | int):
            yield str(target)
    for one in _branches(action):
        yield _target(one)


def _target(branch: Mapping[str, Any]) -> str:
    links = branch.get("links")
    target = links.get("next") if isinstance(links, dict) else None
    return str(target) if isinstance(target, str | int) else ""


def _branches(action: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    data = action.get("data")
    listed = data.get("branches") if isinstance(data, dict) else None
    return [one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict)]


def only_test(groups: list[list[Test]]) -> Test | None:
    """Return the test that is all of a filter."""
    return groups[0][0] if len(groups) == 1 and len(groups[0]) == 1 else None
