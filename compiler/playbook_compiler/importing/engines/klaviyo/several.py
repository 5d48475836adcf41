"""Ladders and rotations, which the exporter spreads over several actions, as one send again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playbook_compiler.importing.engines.klaviyo.graph import only_test
from playbook_compiler.importing.engines.klaviyo.groups import groups_of
from playbook_compiler.importing.engines.klaviyo.sends import CHANNELS, message_of
from playbook_compiler.importing.engines.klaviyo.vocabulary import duration
from playbook_compiler.importing.structure import Block, Way
from playbook_compiler.printing_yaml import Bare
from playbook_compiler.targets.klaviyo import terms

if TYPE_CHECKING:
    from playbook_compiler.importing.engines.klaviyo.blocks import Blocks

_TURN = "properties['playbook_turn: "
_SIGNS = {
    "Opened Email": "opened",
    "Clicked Email": "clicked",
    **dict.fromkeys(terms.RECEIVED.values(), "delivered"),
}


def ladder_of(blocks: Blocks, id_: str) -> Block | None:
    """Return the send of several channels that a message, its pause and what follows are."""
    actions = blocks.actions
    if actions.next(id_) != f"{id_}~pause":
        return None
    sends, signs, within = [id_], [], ""
    parts: list[str] = []
    after: str | None = None
    while True:
        here = sends[-1]
        pause, asked = f"{here}~pause", f"{here}~reached"
        if actions.next(here) != pause or actions.next(pause) != asked:
            after = actions.next(here) if len(sends) > 1 else None
            break
        test = next(
            (
                one
                for group in groups_of(actions.data(asked).get("profile_filter"))
                for one in group
            ),
            None,
        )
        if test is None:
            return None
        signs.append(_SIGNS.get(blocks.found.words.metric(test.get("metric_id")), ""))
        within = duration(test.get("timeframe_filter")) or within
        parts += [pause, asked]
        following = actions.link(asked, "next_if_false")
        if following is None or actions.kind(following) not in CHANNELS or following in sends:
            return None
        sends.append(following)
    blocks.used.update(sends, parts)
    sent = [_sent(blocks, one) for one in sends]
    sign = next((one for one in signs if one), "opened")
    data: dict[str, Any] = {"send": [message for message, _ in sent], **_offer(sent)}
    data["reached"] = Bare(f"{sign} within {within or '1d'}")
    return Block("send", data, (Way("", after),), id_)


def rotation_of(blocks: Blocks, id_: str) -> Block | None:
    """Return the rotation of messages that a split on whose turn it is makes, None for others."""
    actions = blocks.actions
    branches = actions.branches(id_)
    turns: dict[int, str] = {}
    for one, target in branches:
        if target is None:
            return None
        if one.get("is_else") is True:
            turns[0] = target
            continue
        test = only_test(groups_of(one.get("branch_filter")))
        if test is None or not str(test.get("property")).startswith(_TURN):
            return None
        filter_ = test.get("filter")
        number = filter_.get("value") if isinstance(filter_, dict) else None
        if isinstance(number, bool) or not isinstance(number, int):
            return None
        turns[number] = target
    if len(turns) < 2 or any(actions.kind(one) not in CHANNELS for one in turns.values()):
        return None
    sends = [turns[number] for number in sorted(turns)]
    changes = [actions.next(one) for one in sends]
    if any(actions.kind(one) != "update-profile" for one in changes):
        return None
    after = {actions.next(one) for one in changes if one is not None}
    if len(after) != 1:
        return None
    blocks.used.update(sends, (one for one in changes if one is not None))
    sent = [_sent(blocks, one) for one in sends]
    data: dict[str, Any] = {"send": {"next_of": [message for message, _ in sent]}, **_offer(sent)}
    return Block("send", data, (Way("", after.pop()),), id_)


def _sent(blocks: Blocks, id_: str) -> tuple[str, str]:
    action = blocks.actions.by_id[id_]
    return message_of(blocks.found, action, blocks.path(id_), blocks.event or "")


def _offer(sent: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the offer that the messages carry: one that says no code carries it, too."""
    offer = next((offer for _, offer in sent if offer), "")
    return {"offer": offer} if offer else {}
