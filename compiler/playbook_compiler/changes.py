"""What steps without a message change: gifts, what is known of a customer, outside audiences."""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_values import Mismatch, described, expected, read_value
from playbook_compiler.conditions import Value
from playbook_compiler.diagnostics import shown
from playbook_compiler.facts import Fact
from playbook_compiler.kinds import Identifier, Integer, ListOf, Text
from playbook_compiler.reading import Invalid, Kind, Node, did_you_mean, listed
from playbook_compiler.records import Record, RecordOf, key, keys_of
from playbook_compiler.units import Duration, Money
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import CHANNEL, DURATION, EVENT, MONEY, OFFER

TAG, UNTAG, SUPPRESS, FIELD = "tag", "untag", "suppress", "field"
_TAG_TEXT: Final = Text("a tag such as warm", limit=100)


@dataclass(frozen=True, slots=True)
class _ExactlyOne(RecordOf):
    """A record of which exactly one of some keys is written."""

    of: tuple[str, ...] = ()

    def read(self, node: Node) -> Any:
        if isinstance(node.data, dict):
            given = [name for name in self.of if name in node.data]
            if len(given) > 1:
                return node.refuse(
                    "several-kinds",
                    f"{self.noun} says {listed(given)}: it can be only one of them",
                    span=node.document.key_span((*node.path, given[1])),
                    caption="write a second step for this",
                )
            if not given and not set(node.data) - set(keys_of(self.record)):
                return node.refuse(
                    "missing-key",
                    f"{self.noun} needs one of {listed(self.of)}",
                    caption=f"add one of {', '.join(self.of)}",
                )
        return RecordOf.read(self, node)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift(Record):
    """What a grant gives: an offer, points or store credit; exactly one of them."""

    offer: str = key(OFFER, "An offer of the playbook.", default="")
    points: int | None = key(Integer(1, 100_000_000), "Points of the programme.", default=None)
    credit: Money | None = key(MONEY, "Store credit.", default=None)

    def __str__(self) -> str:
        if self.offer:
            return self.offer
        return f"points {self.points}" if self.points is not None else f"credit {self.credit}"


GIFT: Final = _ExactlyOne(Gift, "a grant", shorthand="offer", of=("offer", "points", "credit"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideAudience(Record):
    """A list that is kept outside, such as one of an advertising service.

    It is named here and nowhere else: an audience under `audiences:` is a condition, which decides
    by itself who belongs to it.
    """

    add: str = key(Identifier(), "Put the customer into this list.", default="")
    remove: str = key(Identifier(), "Take the customer out of this list.", default="")
    at_most: Duration | None = key(DURATION, "Taken out again after so long.", default=None)
    leave_on: tuple[str, ...] = key(
        ListOf(EVENT, single=True), "Taken out again at one of these events.", default=()
    )

    def __str__(self) -> str:
        return f"add {self.add}" if self.add else f"remove {self.remove}"


@dataclass(frozen=True, slots=True)
class _Membership(_ExactlyOne):
    def read(self, node: Node) -> Any:
        found = _ExactlyOne.read(self, node)
        if not isinstance(found, OutsideAudience):
            return found
        if found.remove:
            for name in ("at_most", "leave_on"):
                if found.origin.has(name):
                    return node.refuse(
                        "misplaced-key",
                        f"`{name}` belongs to an audience that the customer is added to",
                        span=found.origin.key_span(name),
                        caption="means nothing here",
                        help="remove it, or put it where the customer is added: {add: NAME}",
                    )
        name = found.add or found.remove
        if name in frozenset(node.known.names("audiences")):
            word = "add" if found.add else "remove"
            return node.refuse(
                "audience-by-condition",
                f"`{name}` is an audience by a condition: nobody can be put into it or taken out",
                span=found.origin.span(word),
                caption="its condition decides who belongs to it",
                help="write `{update: {tag: warm}}` and use `tags has warm` in the condition, or"
                f" name a list that is kept outside: `{word}: ads-{name}`",
            )
        return found


OUTSIDE_AUDIENCE: Final = _Membership(OutsideAudience, "an audience step", of=("add", "remove"))


@dataclass(frozen=True, slots=True)
class Change:
    """What an update changes: a tag is set or removed, a channel suppressed, a field set.

    `deed` is tag, untag, suppress or field; `name` the tag, the channel or the field, and `value`
    what the field becomes.
    """

    deed: str
    name: str
    value: Value | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.told}" if self.deed == FIELD else f"{self.deed} {self.name}"

    @property
    def told(self) -> str:
        """The field's new value as an author writes it."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


class _Change(Kind):
    """Reads `{tag: warm}`, `{untag: warm}`, `{suppress: email}` or `{field: value}`."""

    @property
    def expects(self) -> str:
        return "a change: {tag: warm}, {untag: warm}, {suppress: email} or {field: value}"

    def read(self, node: Node) -> Change | Invalid:
        data = node.data
        if not isinstance(data, dict) or not data:
            return node.refuse_shape(self.expects)
        (name, value), *more = data.items()
        if more:
            return node.refuse(
                "several-kinds",
                f"an update says {listed(list(data))}: it changes one thing",
                span=node.document.key_span((*node.path, more[0][0])),
                caption="write a second step for this",
            )
        child = node.child(name, value)
        if name in (TAG, UNTAG):
            tag = _TAG_TEXT.read(child)
            return tag if isinstance(tag, Invalid) else Change(name, tag)
        if name == SUPPRESS:
            channel = CHANNEL.read(child)
            return channel if isinstance(channel, Invalid) else Change(name, channel)
        return _field_change(node, child, name)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "description": self.expects,
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {
                TAG: _TAG_TEXT.schema(definitions),
                UNTAG: _TAG_TEXT.schema(definitions),
                SUPPRESS: CHANNEL.schema(definitions),
            },
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        }


def _field_change(node: Node, child: Node, name: str) -> Change | Invalid:
    """Return the change of one of the shop's own fields, its value read by the field's type."""
    fact = node.known.fact(name)
    span = node.document.key_span(child.path)
    if fact is None:
        own = {one for one in node.known.names("facts") if one not in BUILT_IN.facts}
        own |= {TAG, UNTAG, SUPPRESS}
        return node.refuse(
            "unknown-fact",
            f"unknown field `{shown(name)}`",
            span=span,
            caption="neither a field of this playbook nor tag, untag or suppress",
            help=did_you_mean(name, own) or "declare it with its type: `facts: {favourite: text}`",
            fix=node.respelled(name, own, span),
        )
    if name in BUILT_IN.facts:
        return node.refuse(
            "fact-not-settable",
            f"`{name}` cannot be set: it follows from what the customer does",
            span=span,
            caption="not a field of the shop's own",
            help=_INSTEAD.get(name, "set a field that you declare under `facts:`"),
        )
    text = str(data).lower() if isinstance(data := child.data, bool) else child.text
    if text is None:
        return child.refuse_shape(expected(fact))
    value = read_value(fact, text, quoted=False, decimals=node.known.decimals)
    if isinstance(value, Mismatch) or (fact.members and value not in fact.members):
        return _mismatch(child, fact, text, value)
    return Change(FIELD, name, value)


_INSTEAD = {
    "tags": "write `{tag: warm}` or `{untag: warm}`",
    "consent": "write `{suppress: email}`: consent can be taken back, never made up",
    "points": "write `grant: {points: 100}`",
}


def _mismatch(node: Node, fact: Fact, text: str, value: Value | Mismatch) -> Invalid:
    if not isinstance(value, Mismatch):
        return node.refuse(
            "unknown-value",
            f"`{fact}` is never `{shown(text)}`",
            caption=f"not a value of `{fact}`",
            help=did_you_mean(text, fact.members) or f"its values: {', '.join(fact.members)}",
            fix=node.respelled(text, fact.members),
        )
    return node.refuse(
        "type-mismatch",
        f"`{fact}` is {described(fact)}, and `{shown(text)}` is not",
        caption=f"expected {value.expected}",
        help=f"write `{value.instead}`" if value.instead else f"write {value.expected}",
        fix=node.rewritten(value.instead, safe=False) if value.instead else None,
    )


CHANGE: Final = _Change()
