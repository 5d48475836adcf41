"""Ladders and rotations of our own export: one message of several.

Each rung of a ladder but the last asks first whether the channel may be used; `clicked` and
`opened` are decisions below the mail. A rotation asks for a tag that says whose turn it is, and
changes it after the message. What does not look just so stays forks, messages and tags.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from playbook_compiler.importing.engines.mautic.forks import Forks, Resolve
from playbook_compiler.importing.imported import Data
from playbook_compiler.importing.structure import Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.values import dataclass

ALLOWED, TURN = "~allowed", "~turn"
_REACHED, _NEXT = "~reached", "~next"
_WORDS: Final = {"link_clicked": "clicked", "message_opened": "opened"}
_LIMIT: Final = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of messages: its block, the blocks of its messages, and the forks of it."""

    block: Block
    sends: tuple[str, ...]
    forks: tuple[str, ...]


def ladder(
    first: str, blocks: Mapping[str, Block], forks: Forks, resolve: Resolve
) -> Choice | None:
    """Return the ladder that begins with a fork, None where there is none."""
    step = forks[first].wanted.removesuffix(ALLOWED)
    names: list[Written] = []
    sends: list[str] = []
    asked: list[str] = []
    done: set[str | None] = set()
    said: set[str] = set()
    offers: set[str] = set()
    place: str | None = first
    while place is not None and len(names) < _LIMIT:
        fork = forks.get(place)
        id_ = resolve(fork.no) if fork is not None else place
        send = blocks.get(id_) if id_ is not None else None
        rung = step if not names else f"{step}~"
        if id_ is None or send is None or send.kind != "send" or not send.wanted.startswith(rung):
            return None
        if fork is not None and fork.wanted != f"{send.wanted}{ALLOWED}":
            return None
        names.append(send.data["send"])
        sends.append(id_)
        offers.add(str(send.data.get("offer", "")))
        after = resolve(send.ways[0].target)
        if fork is None:
            done.add(after)
            break
        asked.append(place)
        below = blocks.get(after) if after is not None else None
        following = resolve(fork.yes)
        if below is not None and below.wanted == f"{send.wanted}{_REACHED}":
            said.add(_reached(below))
            if resolve(below.ways[1].target) != following:
                return None
            after = resolve(below.ways[0].target)
        done.add(after)
        place = following
    if len(done) != 1 or len(names) < 2 or len(said) > 1 or "" in said or len(offers) != 1:
        return None
    data: Data = {"send": names}
    offer = offers.pop()
    if offer:
        data["offer"] = offer
    if said:
        data["reached"] = Bare(said.pop())
    block = Block("send", data, (Way("", done.pop()),), step)
    return Choice(block, tuple(sends), tuple(asked))


def _reached(block: Block) -> str:
    """Return when a rung has reached the customer, as a ladder says it."""
    wait = block.data.get("wait")
    if not isinstance(wait, dict) or len(block.ways) != 2:
        return ""
    word, within = _WORDS.get(str(wait.get("until"))), wait.get("at_most")
    return f"{word} within {within.text}" if word and isinstance(within, Bare) else ""


def rotation(
    first: str, blocks: Mapping[str, Block], forks: Forks, resolve: Resolve
) -> Choice | None:
    """Return the rotation that begins with a fork, None where there is none."""
    names: list[Written] = []
    sends: list[str] = []
    asked: list[str] = []
    done: set[str | None] = set()
    step, place = "", resolve(first)
    while place is not None and len(names) < _LIMIT:
        fork = forks.get(place)
        id_ = resolve(fork.yes) if fork is not None else place
        send = blocks.get(id_) if id_ is not None else None
        if id_ is None or send is None or send.kind != "send" or "offer" in send.data:
            return None
        if fork is not None and fork.wanted != f"{send.wanted}{TURN}":
            return None
        after = resolve(send.ways[0].target)
        turn = blocks.get(after) if after is not None else None
        if turn is None or turn.wanted != f"{send.wanted}{_NEXT}":
            return None
        while (
            turn is not None
            and turn.kind == "update"
            and (turn.wanted == f"{send.wanted}{_NEXT}" or not turn.wanted)
        ):  # at most two: a tag comes, another goes
            after = resolve(turn.ways[0].target)
            turn = blocks.get(after) if after is not None and not after.isdecimal() else None
        done.add(after)
        names.append(send.data["send"])
        sends.append(id_)
        if fork is None:
            step = send.wanted
            break
        asked.append(place)
        place = resolve(fork.no)
    if not step or len(names) < 2 or len(done) != 1:
        return None
    if not all(blocks[one].wanted.startswith(f"{step}~") for one in sends[:-1]):
        return None
    # The last one asked for is the first of the list: it needs no tag.
    data: Data = {"send": {"next_of": [names[-1], *names[:-1]]}}
    return Choice(Block("send", data, (Way("", done.pop()),), step), tuple(sends), tuple(asked))
