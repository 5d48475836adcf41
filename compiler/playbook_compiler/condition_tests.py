"""Reading what a condition says of one fact: `orders >= 3`, `rfm in (champion, loyal)`, ..."""

from __future__ import annotations

from decimal import Decimal
from typing import NoReturn, cast

from playbook_compiler.condition_deeds import EXAMPLES
from playbook_compiler.condition_literals import read_literal
from playbook_compiler.condition_reader import Reader, Unreadable
from playbook_compiler.condition_scope import meant, unknown_fact
from playbook_compiler.condition_speech import (
    say_comparison,
    say_has,
    say_square_list,
    say_to,
)
from playbook_compiler.condition_tokens import COMPARISONS, KEYWORDS, SLIPS
from playbook_compiler.condition_values import described
from playbook_compiler.conditions import (
    Between,
    Compare,
    Condition,
    Has,
    InSet,
    InTop,
    IsKnown,
    Not,
    Operator,
    OrderHas,
    Value,
    precedes,
    print_value,
)
from playbook_compiler.diagnostics import shown
from playbook_compiler.facts import NUMERIC_TYPES, ORDERED_TYPES, Fact, ValueType, Where
from playbook_compiler.fixes import is_clear
from playbook_compiler.units import Share, parse_share
from playbook_compiler.values import replace

SLIPS_OF_COMPARISON = frozenset(slip for slip, word in SLIPS.items() if word in COMPARISONS)
_NULLS = frozenset({"null", "NULL", "none", "None", "nil", "empty", "missing"})
_LIKE = frozenset({"like", "LIKE", "contains", "includes", "matches", "~"})
_SET = ValueType.SET
# Stands in for a name that is not known, so that the rest of the text is still read.
_UNKNOWN = Fact("?", ValueType.TEXT, "")


def read_fact(reader: Reader) -> Fact:
    """Read the name of a fact, with its argument where it takes one."""
    name = reader.texts[reader.at]
    fact = reader.scope.readable.get(name)
    if fact is None:
        if name in KEYWORDS:
            reader.fail(
                f"expected a fact or a test, found `{name}`",
                caption="expected a fact such as `orders`",
            )
        if name in EXAMPLES:
            reader.fail(
                f"`{name}` needs parentheses",
                caption=f"expected `{name}(...)`",
                advice=f"for example: {EXAMPLES[name]}",
            )
        reader.found.append(unknown_fact(name, reader.scope, reader.span(reader.at, reader.at)))
        fact = _UNKNOWN
    reader.at += 1
    if not fact.takes_duration:
        if reader.texts[reader.at] == "(":
            reader.fail(f"`{shown(name)}` takes no parentheses", caption="expected a comparison")
        return fact
    if reader.texts[reader.at] != "(":
        reader.fail(
            f"`{name}` needs a stretch of time, found {reader.shown_next()}",
            caption="expected `(`",
            advice=f"for example: {name}(90d)",
        )
    reader.at += 1
    over = reader.duration()
    reader.need(")", "after the duration")
    return replace(fact, over=over)


def read_order(reader: Reader) -> OrderHas:
    """Read `order has`, the next two tokens, and the test of a line."""
    first = reader.at
    reader.at += 2
    name = reader.texts[reader.at]
    lines = reader.scope.catalogue.lines
    fact = lines.get(name)
    if reader.scope.where is not Where.CUSTOMER:
        reader.report(
            "fact-out-of-place",
            f"`order has` cannot be read here: this condition is about the {reader.scope.where}",
            first,
            first + 1,
            caption=f"expected a fact about the {reader.scope.where}",
        )
    if fact is None:
        reader.bad_token()
        if reader.kinds[reader.at] != "word" or name in KEYWORDS:
            reader.fail(
                f"expected a field of an order line, found {reader.shown_next()}",
                caption="expected a field",
                advice="for example: order has category = tea",
            )
        close = meant(name, lines.keys())
        reader.report(
            "unknown-fact",
            f"an order line has no field `{shown(name)}`",
            reader.at,
            reader.at,
            caption="not a field of an order line",
            advice=f"did you mean `{close}`?" if close else f"its fields: {', '.join(lines)}",
            instead=close,
            safe=close is not None and is_clear(name, close, lines),
        )
        fact = _UNKNOWN
    reader.at += 1
    test = read_test(reader, fact)
    if not isinstance(test, Compare | InSet | Between):
        reader.report(
            "condition-syntax",
            "a test of order lines is a comparison, `in` or `between`",
            first,
            reader.at - 1,
            caption="expected a comparison",
            advice="write `not order has ...` for the opposite",
        )
        test = Compare(fact, "=", "")
    return OrderHas(test, reader.since(first))


def read_test(reader: Reader, fact: Fact) -> Condition:
    """Read what is said of `fact`, whose name was read last."""
    first = reader.at - (1 if fact.over is None else 4)
    text = reader.texts[reader.at]
    if text in COMPARISONS:
        return _comparison(reader, fact, text, first)
    if text in SLIPS_OF_COMPARISON:
        reader.takes(SLIPS[text])
        reader.at -= 1
        return _comparison(reader, fact, SLIPS[text], first)
    negated = reader.takes("not")
    found: Condition
    if reader.takes("in"):
        top = reader.texts[reader.at] == "top"
        found = _top(reader, fact, first) if top else _membership(reader, fact, first)
    elif reader.takes("between"):
        found = _interval(reader, fact, first)
    elif negated:
        reader.fail(
            f"expected `in` or `between` after `not`, found {reader.shown_next()}",
            caption="expected `in` or `between`",
            advice="`not` stands before the fact: not orders = 1",
        )
    elif reader.takes("is"):
        found = _knowledge(reader, fact, first)
    elif reader.takes("has"):
        found = _contains(reader, fact, first)
    elif fact.type is ValueType.BOOLEAN:
        return Compare(fact, "=", True, reader.since(first))
    else:
        _no_comparison(reader, fact)
    return Not(found, reader.since(first)) if negated else found


def _no_comparison(reader: Reader, fact: Fact) -> NoReturn:
    reader.bad_token()
    if fact is _UNKNOWN:
        raise Unreadable
    text = reader.texts[reader.at]
    if text in _LIKE and fact.type is _SET:
        say_has(reader, fact)
    say_comparison(reader, fact, reader.at)
    reader.fail(
        f"expected a comparison after `{fact}`, found {reader.shown_next()}",
        caption="expected a comparison",
        advice="texts are compared whole, with `=` or `in (...)`"
        if text in _LIKE
        else f"for example: {_example(fact)}",
    )


def _comparison(reader: Reader, fact: Fact, operator: str, first: int) -> Condition:
    sign = reader.at
    reader.at += 1
    text = reader.texts[reader.at]
    if text in _NULLS and operator in ("=", "!=") and reader.kinds[reader.at] == "word":
        word = "unknown" if operator == "=" else "known"
        reader.fail(
            f"`{operator} {text}` is not a comparison",
            caption=f"expected `is {word}`",
            advice=f"write `{fact} is {word}`",
            instead=f"is {word}",
            first=sign,
            last=reader.at,
        )
    if operator not in ("=", "!="):
        _ordered(reader, fact, sign)
    elif fact.type is _SET:
        _set_as_one_value(reader, fact, operator, first)
    value = read_literal(reader, fact)
    return Compare(fact, cast(Operator, operator), value, reader.since(first))


def _membership(reader: Reader, fact: Fact, first: int) -> Condition:
    opened = reader.at
    if reader.texts[opened] != "(":
        if reader.texts[opened] == "[":
            say_square_list(reader)
        reader.bad_token()
        one = reader.texts[opened] if reader.kinds[opened] in ("word", "number", "string") else ""
        reader.fail(
            f"expected `(` after `in`, found {reader.shown_next()}",
            caption="expected `(`",
            advice=f"write `{fact} in ({one})`" if one else "for example: orders in (1, 2)",
            instead=f"({one})" if one else None,
        )
    if fact.type is ValueType.SET:
        reader.report(
            "type-mismatch",
            f"`{fact}` holds several values and is not one of a list",
            first,
            opened - 1,
            caption="expected `has`",
            advice=f"write `{fact} has a or {fact} has b`",
        )
    values: list[Value] = []
    while True:
        reader.at += 1
        value = read_literal(reader, fact)
        if value not in values:
            values.append(value)
        text = reader.texts[reader.at]
        if text == ")":
            reader.at += 1
            return InSet(fact, tuple(values), reader.since(first))
        if text != ",":
            reader.bad_token()
            if reader.kinds[reader.at] == "end":
                reader.fail("this `(` is never closed", caption="no `)` after it", first=opened)
            reader.fail(
                f"expected `,` or `)` in the list, found {reader.shown_next()}",
                caption="expected `,` or `)`",
                advice="put a text of several words in quotes",
            )


def _top(reader: Reader, fact: Fact, first: int) -> Condition:
    if fact.type not in NUMERIC_TYPES and fact is not _UNKNOWN:
        reader.report(
            "type-mismatch",
            f"`{fact}` has no highest values: it is {described(fact)}",
            first,
            reader.at,
            caption="expected a number or an amount",
        )
    reader.at += 1
    reader.bad_token()
    text = reader.texts[reader.at]
    if reader.kinds[reader.at] != "number":
        reader.fail(
            f"expected a percentage such as 20% after `top`, found {reader.shown_next()}",
            caption="expected a percentage",
        )
    share = parse_share(text)
    if isinstance(share, str) or not 0 < share.fraction <= 1:
        above = "expected a percentage above 0% and up to 100%"
        reader.report(
            "type-mismatch",
            f"`top {shown(text)}` is no part of the customers: "
            f"{share if isinstance(share, str) else above}",
            reader.at,
            reader.at,
            caption="expected a percentage",
            advice=f"for example: {fact} in top 20%",
        )
        share = Share(Decimal(1))
    reader.at += 1
    return InTop(fact, share, reader.since(first))


def _interval(reader: Reader, fact: Fact, first: int) -> Condition:
    if fact.type is not ValueType.YEARLY_DATE:
        _ordered(reader, fact, reader.at - 1)
    start = reader.at
    low = read_literal(reader, fact)
    say_to(reader, start)
    reader.need("and", "between the two values")
    high = read_literal(reader, fact)
    if fact.type in ORDERED_TYPES and not reader.found and precedes(high, low):
        right = f"{print_value(fact, high)} and {print_value(fact, low)}"
        reader.report(
            "empty-range",
            f"nothing lies between {print_value(fact, low)} and {print_value(fact, high)}",
            start,
            reader.at - 1,
            caption="expected the lower value first",
            advice=f"write `{fact} between {right}`",
            instead=right,
            safe=False,
        )
    return Between(fact, low, high, reader.since(first))


def _knowledge(reader: Reader, fact: Fact, first: int) -> Condition:
    said = reader.at
    negated = reader.takes("not")
    text = reader.texts[reader.at]
    if text in _NULLS:
        right = "known" if negated else "unknown"
        reader.report(
            "condition-syntax",
            f"`is {'not ' if negated else ''}{text}` is not a word of conditions",
            said,
            reader.at,
            caption=f"expected `{right}`",
            advice=f"write `{fact} is {right}`",
            instead=right,
        )
    elif text not in ("known", "unknown"):
        if fact is _UNKNOWN:
            raise Unreadable
        say_comparison(reader, fact, said - 1)
        reader.bad_token()
        plain_value = reader.kinds[reader.at] in ("word", "number", "string")
        reader.fail(
            f"expected `known` or `unknown` after `is`, found {reader.shown_next()}",
            caption="expected `known` or `unknown`",
            advice=f"write `{fact} {'!=' if negated else '='} {text}`" if plain_value else "",
            instead=f"{'!=' if negated else '='} {text}" if plain_value else None,
            first=said - 1,
            last=reader.at if plain_value else said - 1,
        )
    reader.at += 1
    return IsKnown(fact, (text == "known") is not negated, reader.since(first))


def _contains(reader: Reader, fact: Fact, first: int) -> Condition:
    if fact.type is not ValueType.SET and fact is not _UNKNOWN:
        reader.report(
            "type-mismatch",
            f"`{fact}` is one value, not a set: it is {described(fact)}",
            reader.at - 1,
            reader.at - 1,
            caption="expected `=`",
            advice=f"write `{fact} = ...`",
            instead="=",
        )
    value = read_literal(reader, fact)
    return Has(fact, str(value), reader.since(first))


def _ordered(reader: Reader, fact: Fact, sign: int) -> None:
    """Report an order comparison of a fact whose values have no order."""
    if fact.type in ORDERED_TYPES or fact is _UNKNOWN:
        return
    reader.report(
        "type-mismatch",
        f"`{fact}` cannot be compared by size: it is {described(fact)}",
        sign,
        sign,
        caption="expected another comparison",
        advice={
            ValueType.SET: f"write `{fact} has ...`",
            ValueType.YEARLY_DATE: f"write `{fact} between 12-01 and 12-31`",
            ValueType.BOOLEAN: f"write `{fact}` or `not {fact}`",
        }.get(fact.type, f"write `{fact} = ...` or `{fact} in (..., ...)`"),
    )


def _set_as_one_value(reader: Reader, fact: Fact, operator: str, first: int) -> None:
    """Report that a set was compared as if it were one value, the next token."""
    if reader.kinds[reader.at] not in ("word", "string", "number"):
        return
    right = f"{'not ' if operator == '!=' else ''}{fact} has {reader.texts[reader.at]}"
    reader.report(
        "type-mismatch",
        f"`{fact}` holds several values and is not equal to one",
        first,
        reader.at,
        caption="expected `has`",
        advice=f"write `{right}`",
        instead=right,
    )


def _example(fact: Fact) -> str:
    return {
        ValueType.SET: f"{fact} has vip",
        ValueType.TEXT: f"{fact} = ...",
        ValueType.ENUM: f"{fact} = {fact.members[0] if fact.members else '...'}",
        ValueType.YEARLY_DATE: f"{fact} = 12-01",
        ValueType.DATE: f"{fact} >= 2026-12-01",
        ValueType.SHARE: f"{fact} >= 20%",
    }.get(fact.type, f"{fact} >= 3")
