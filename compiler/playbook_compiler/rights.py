"""What belonging to a level or to a membership gives: one right is one word, offer, or pair."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.condition_ids import full_ids
from playbook_compiler.diagnostics import shown
from playbook_compiler.kinds import Text, Word
from playbook_compiler.programme_units import MULTIPLE, Multiple
from playbook_compiler.reading import INVALID, Invalid, Kind, Node, did_you_mean
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Share
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import OFFER, PART

RIGHTS: Final = {
    "free-shipping": "No shipping costs on any order.",
    "fast-shipping": "Sent first, or by the faster carrier.",
    "free-returns": "Returns cost nothing.",
    "longer-returns": "More days to send something back.",
    "early-access": "New or scarce things can be bought before others can.",
    "exclusive-products": "Things that only members can buy.",
    "exclusive-content": "Articles, courses or recipes for members.",
    "priority-support": "Answered first.",
    "personal-adviser": "A named person to ask.",
    "birthday-gift": "A gift on the birthday.",
    "surprise-gift": "Now and then a gift in the parcel.",
    "handwritten-card": "A card written by hand in the parcel.",
    "invitations": "Invited to events of the shop.",
    "free-samples": "A sample with every order.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Right(Record):
    """One right: a word of the list, an offer, more points, a standing discount, or own words."""

    right: str = key(Word(tuple(RIGHTS), "a right"), "A right of the list.", default="")
    offer: str = key(OFFER, "An offer of this playbook, given once on reaching it.", default="")
    points: Multiple | None = key(MULTIPLE, "How many times the points.", default=None)
    percent_off: Share | None = key(PART, "A standing discount on every order.", default=None)
    own: str = key(Text("a right in your own words"), "A right in your own words.", default="")


FORMS: Final = ("right", "offer", "points", "percent_off", "own")
_PAIR: Final = RecordOf(Right, "a right")


@dataclass(frozen=True, slots=True)
class RightKind(Kind):
    """Reads `free-shipping`, the id of an offer, `{points: 1.5x}` or `{own: a card by hand}`."""

    @property
    def expects(self) -> str:
        return (
            "a right such as free-shipping, an offer's id, {points: 1.5x} or {own: a tea tasting}"
        )

    def read(self, node: Node) -> Any:
        if isinstance(node.data, dict):
            found = _PAIR.read(node)
            return found if isinstance(found, Invalid) else _one_form(node, found)
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        offers = frozenset(node.known.names("offers"))
        if text in RIGHTS:
            return Right(origin=node.origin, right=text)
        meant = full_ids(text, offers, node.origin.tactic)
        if len(meant) == 1:
            return Right(origin=node.origin, offer=meant[0])
        known = {*RIGHTS, *offers}
        return node.refuse(
            "unknown-right",
            f"unknown right `{shown(text)}`",
            caption="neither a right nor an offer of this playbook",
            help=did_you_mean(text.replace(" ", "-"), known)
            or f"in your own words: {{own: {shown(text)}}}; known: {', '.join(RIGHTS)}",
            fix=node.respelled(text, known),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        word = {"type": "string", "description": f"an offer's id, or one of {', '.join(RIGHTS)}"}
        return {"anyOf": [word, _PAIR.schema(definitions)]}


def _one_form(node: Node, right: Right) -> Right | Invalid:
    said = [name for name in FORMS if right.origin.has(name)]
    if len(said) == 1:
        return right
    if not said:
        return node.refuse_shape(RIGHT.expects)
    node.refuse(
        "several-kinds",
        f"a right says {' and '.join(f'`{name}`' for name in said)}: it can be only one of them",
        span=right.origin.key_span(said[1]),
        caption="write a second right for this",
    )
    return INVALID


RIGHT: Final = RightKind()
