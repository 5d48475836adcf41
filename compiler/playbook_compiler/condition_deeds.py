"""Reading the tests with parentheses: `bought(category tea) within 90d`, `audience(core)`, ..."""

from __future__ import annotations

from playbook_compiler.condition_literals import declared_id
from playbook_compiler.condition_reader import Reader
from playbook_compiler.condition_tokens import unquoted
from playbook_compiler.conditions import (
    Bought,
    Deed,
    Engaged,
    Entered,
    Happened,
    Holds,
    InAudience,
    InFlow,
    Received,
    Unsubscribed,
)
from playbook_compiler.diagnostics import shown
from playbook_compiler.facts import IdKind, Where
from playbook_compiler.units import Duration

EXAMPLES = {
    "audience": "audience(core)",
    "bought": "bought(category tea) within 90d",
    "engaged": "engaged(email) within 90d",
    "entered": "entered(win-back) within 180d",
    "event": "event(product_browsed) within 14d",
    "holds": "holds(come-back)",
    "in_flow": "in_flow(win-back)",
    "received": "received(email) within 7d",
    "unsubscribed": "unsubscribed(email)",
}
_NAMED = {
    "audience": IdKind.AUDIENCE,
    "engaged": IdKind.CHANNEL,
    "entered": IdKind.FLOW,
    "event": IdKind.EVENT,
    "holds": IdKind.OFFER,
    "in_flow": IdKind.FLOW,
    "unsubscribed": IdKind.CHANNEL,
}
_A_DAY = Duration(days=1)


def read_deed(reader: Reader) -> Deed:
    """Read one of EXAMPLES' tests, whose name and parenthesis are the next two tokens."""
    first = reader.at
    name = reader.texts[first]
    reader.at += 2
    if reader.scope.where is not Where.CUSTOMER:
        reader.report(
            "fact-out-of-place",
            f"`{name}(...)` cannot be read here: this condition is about the {reader.scope.where}",
            first,
            first,
            caption=f"expected a fact about the {reader.scope.where}",
            advice=f"known here: {', '.join(sorted(reader.scope.readable))}",
        )
    if name == "bought":
        return _bought(reader, first)
    argument = reader.at
    _argument(reader, name)
    said = reader.texts[argument]
    named = reader.span(argument, argument)
    if name == "received":
        kind = _received_kind(reader, said)
        channels = reader.scope.names(IdKind.CHANNEL) or frozenset()
        said = declared_id(reader, kind, said, named, also=channels)
        return Received(kind, said, _within(reader), reader.since(first), named)
    said = declared_id(reader, _NAMED[name], said, named)
    if name == "audience":
        return InAudience(said, reader.since(first), named)
    if name == "event":
        return Happened(said, _within(reader), reader.since(first), named)
    if name == "engaged":
        within = _within(reader)
        if within is None:
            reader.report(
                "condition-syntax",
                "`engaged(...)` needs a stretch of time: everyone was engaged once",
                first,
                reader.at - 1,
                caption="expected `within` after it",
                advice=f"write `engaged({said}) within 90d`",
                instead=f"engaged({said}) within 90d",
                safe=False,
            )
        return Engaged(said, within or _A_DAY, reader.since(first), named)
    if name == "entered":
        return Entered(said, _within(reader), reader.since(first), named)
    if name == "in_flow":
        return InFlow(said, reader.since(first), named)
    if name == "holds":
        return Holds(said, reader.since(first), named)
    return Unsubscribed(said, reader.since(first), named)


def _argument(reader: Reader, name: str) -> None:
    """Step over one bare name and the closing parenthesis."""
    reader.bad_token()
    if reader.kinds[reader.at] != "word":
        reader.fail(
            f"expected a name in `{name}(...)`, found {reader.shown_next()}",
            caption="expected a name",
            advice=f"for example: {EXAMPLES[name]}",
        )
    reader.at += 1
    reader.need(")", f"after the name in `{name}(...)`")


def _within(reader: Reader) -> Duration | None:
    return reader.duration() if reader.takes("within") else None


def _bought(reader: Reader, first: int) -> Bought:
    said = reader.texts[reader.at]
    if said in ("category", "product") and reader.texts[reader.at + 1] != ")":
        kind = IdKind(said)
        reader.at += 1
    else:
        kind = _bought_kind(reader, said)
    argument = reader.at
    reader.bad_token()
    if reader.kinds[argument] not in ("word", "number", "string"):
        reader.fail(
            f"expected the name of a {kind}, found {reader.shown_next()}",
            caption=f"expected a {kind}",
            advice=f"for example: {EXAMPLES['bought']}",
        )
    said = reader.texts[argument]
    name = unquoted(said) if reader.kinds[argument] == "string" else said
    reader.at += 1
    if reader.texts[reader.at] != ")" and reader.kinds[reader.at] in ("word", "number"):
        reader.fail(
            f"expected `)` after the {kind}, found {reader.shown_next()}",
            caption="expected `)`",
            advice="put a name of several words in quotes",
        )
    reader.need(")", f"after the {kind}")
    named = reader.span(argument, argument)
    name = declared_id(reader, kind, name, named)
    return Bought(kind, name, _within(reader), reader.since(first), named)


def _bought_kind(reader: Reader, said: str) -> IdKind:
    """Report that `bought(tea)` does not say what tea is, and return what it probably is."""
    if reader.kinds[reader.at] not in ("word", "number", "string"):
        reader.fail(
            f"expected `category` or `product`, found {reader.shown_next()}",
            caption="expected `category` or `product`",
            advice=f"for example: {EXAMPLES['bought']}",
        )
    products = reader.scope.names(IdKind.PRODUCT) or ()
    kind = IdKind.PRODUCT if said in products else IdKind.CATEGORY
    reader.report(
        "condition-syntax",
        f"`bought({shown(said)})` does not say whether a category or a product is meant",
        reader.at,
        reader.at,
        caption="expected `category` or `product` before the name",
        advice=f"write `bought({kind} {said})`",
        instead=f"{kind} {said}",
        safe=said in products,
    )
    return kind


def _received_kind(reader: Reader, name: str) -> IdKind:
    """Return whether a channel or a message was named; a channel comes first."""
    channels = reader.scope.names(IdKind.CHANNEL) or frozenset()
    return IdKind.CHANNEL if name in channels else IdKind.MESSAGE
