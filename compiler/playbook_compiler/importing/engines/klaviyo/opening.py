"""A flow's first actions, which the exporter writes itself: its waits, who may enter, the holdout
and the mark of the last entry. Each comes back as the key that made it."""

from __future__ import annotations

from typing import Any

from playbook_compiler.importing.engines.klaviyo.graph import Actions, only_test
from playbook_compiler.importing.engines.klaviyo.groups import groups_of
from playbook_compiler.importing.engines.klaviyo.literals import Test
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.engines.klaviyo.times import delay_of
from playbook_compiler.importing.engines.klaviyo.vocabulary import duration, property_name
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.values import dataclass, field


@dataclass(slots=True)
class Head:
    """The keys of a flow before its steps. `event` and `metric` are those that start it; `entry`
    is the first action that is a step."""

    data: dict[str, Any] = field(default_factory=dict)
    event: str | None = None
    metric: str = ""
    entry: str | None = None


@dataclass(slots=True)
class Opening:
    """What the exporter's own first actions ask: the groups that are the trigger's filter, `where`
    of the customer, the audience, and how long ago the last entry must be."""

    own: list[list[Test]]
    where: list[list[Test]] = field(default_factory=list)
    audience: list[list[Test]] = field(default_factory=list)
    entry: Any = None


def read_opening(
    found: Import, head: Head, actions: Actions, trigger: dict[str, Any], opening: Opening
) -> None:
    """Take the exporter's own first actions away, and keep what made them."""
    while head.entry is not None:
        id_, after = head.entry, actions.next(head.entry)
        said = actions.data(id_)
        cart = trigger.get("event") == "cart_abandoned"
        if id_ == "trigger~wait" or (not cart and _waits_for_mark(actions, id_)):
            length = delay_of(said)
            if "date" in trigger and length is not None:
                trigger["after"] = Bare(length)
            elif trigger.get("event") == "order_placed" and length is not None:
                trigger.clear()
                trigger["replenishment"] = Bare(length)
                head.event = "replenishment:"
            head.entry = after
        elif (
            id_ in ("trigger~hours", "trigger~abandoned")
            or _marks_entry(actions, id_)
            or _waits_for_mark(actions, id_)
        ):
            head.entry = after
        elif id_ == "trigger~ordered":  # a cart that became an order is none
            head.entry = actions.link(id_, "next_if_false")
        elif id_ == "trigger~audience" or _marks_entry(actions, _passed(actions, id_)):
            _gate(found, head, actions, trigger, opening)
        elif _draws_holdout(actions, id_):
            head.entry = _holdout(found, actions, id_)
        else:
            break


def _marks_entry(actions: Actions, id_: str | None) -> bool:
    """Return whether an action only keeps the day of the entry in a profile property."""
    operations = actions.data(id_).get("profile_operations") if id_ is not None else None
    if not isinstance(operations, list) or len(operations) != 1:
        return False
    key = operations[0].get("property_key") if isinstance(operations[0], dict) else None
    return isinstance(key, str) and key.startswith(terms.ENTERED)


def _waits_for_mark(actions: Actions, id_: str) -> bool:
    """Return whether a delay stands in front of a gate: only the exporter's own do."""
    after = actions.next(id_)
    waits = actions.kind(id_) == "time-delay" and after is not None
    return waits and _marks_entry(actions, _passed(actions, str(after)))


def _passed(actions: Actions, id_: str) -> str | None:
    """Return the action after a gate: a split of which one way alone goes on."""
    branches = actions.branches(id_)
    if branches:
        return branches[0][1]
    if actions.link(id_, "next_if_false") is not None:
        return None
    return actions.link(id_, "next_if_true")


def _gate(
    found: Import, head: Head, actions: Actions, trigger: dict[str, Any], opening: Opening
) -> None:
    """Read who may enter: `where` of the trigger, how often its event must have happened, the
    audience, and the last entry, in the order in which the exporter writes them."""
    id_ = str(head.entry)
    branches = actions.branches(id_)
    filter_: Any = actions.data(id_).get("profile_filter")
    if branches:
        filter_ = branches[0][0].get("branch_filter")
    groups = groups_of(filter_)
    for group in groups:
        opening.entry = again_of(group) or opening.entry
    groups = [group for group in groups if again_of(group) is None]
    for place, group in enumerate(groups):
        often = _often(found, head, group, opening.own)
        if often is not None:
            trigger.update(often)
            opening.where, groups = groups[:place], groups[place + 1 :]
            break
    of_event = [
        place
        for place, group in enumerate(groups)
        if any(test.get("type") == "metric-property" for test in group)
    ]
    if of_event:
        opening.where += groups[: of_event[-1] + 1]
        groups = groups[of_event[-1] + 1 :]
    opening.audience = groups
    head.entry = _passed(actions, id_)


def again_of(group: list[Test]) -> Any:
    """Return the entry rule that the exporter's own mark of the last entry asks, None for others.

    The mark is not set (`once`), or it is, and its day is at least so many days ago.
    """
    rule: Any = None
    for test in group:
        name = property_name(test.get("property"))
        if name is None or not name.startswith(terms.ENTERED):
            return None
        length = duration(test.get("filter"))
        if length is not None:
            rule = {"again_after": Bare(length)}
        rule = rule or "once"
    return rule


def _often(
    found: Import, head: Head, group: list[Test], own: list[list[Test]]
) -> dict[str, Any] | None:
    """Return how often within which time the trigger's event must have happened; counted are those
    that meet the trigger's filter, where each of its groups is one test."""
    if len(group) != 1 or group[0].get("type") != "profile-metric":
        return None
    test = group[0]
    number = test.get("measurement_filter")
    length = duration(test.get("timeframe_filter"))
    if found.words.metric(test.get("metric_id")) != head.metric or length is None:
        return None
    if not isinstance(number, dict) or number.get("operator") != "greater-than-or-equal":
        return None
    value = number.get("value")
    if not isinstance(value, int) or isinstance(value, bool) or not 2 <= value <= 100:
        return None
    counted = [
        {"property": one.get("field"), "filter": one.get("filter")}
        for (one, *others) in own
        if not others
    ]
    filters = test.get("metric_filters") or []
    same = not filters or (len(counted) == len(own) and filters == counted)
    if test.get("measurement") != "count" or not same:
        return None
    return {"at_least": value, "within": Bare(length)}


def _is_about_holdout(test: Test | None, operator: str) -> bool:
    if test is None or test.get("property") != tests.custom(terms.HOLDOUT):
        return False
    filter_ = test.get("filter")
    return isinstance(filter_, dict) and filter_.get("operator") == operator


def _draws_holdout(actions: Actions, id_: str) -> bool:
    test = only_test(groups_of(actions.data(id_).get("profile_filter")))
    return actions.kind(id_) == "conditional-split" and _is_about_holdout(test, "is-set")


def _holdout(found: Import, actions: Actions, id_: str) -> str | None:
    """Read the share of the holdout, and return the action after its draw."""
    draw = actions.link(id_, "next_if_false")
    held = actions.link(id_, "next_if_true")
    sample = None
    if draw is not None:
        sample = only_test(groups_of(actions.data(draw).get("profile_filter")))
        percent = sample.get("percentage") if sample is not None else None
        if isinstance(percent, int) and not isinstance(percent, bool):
            found.holdouts.setdefault(percent, actions.paths[id_])
    if held is None:
        return None
    test = only_test(groups_of(actions.data(held).get("profile_filter")))
    return actions.link(held, "next_if_false") if _is_about_holdout(test, "equals") else held
