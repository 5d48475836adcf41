"""Plain speech in a condition, and what to write for it: `is greater than 3`, `4 months`, `und`."""

from __future__ import annotations

from typing import Final, NoReturn

from playbook_compiler.condition_reader import Reader
from playbook_compiler.condition_tokens import KEYWORDS
from playbook_compiler.condition_values import whole_number
from playbook_compiler.currency import DECIMALS
from playbook_compiler.facts import Fact, ValueType
from playbook_compiler.spellings import duration
from playbook_compiler.units import parse_duration

# What is said between a fact and its value, without `is` and `than`, for each comparison.
_SAID: Final = {
    **dict.fromkeys(("greater", "more", "above", "over", "larger", "bigger", "higher"), ">"),
    **dict.fromkeys(("exceeds", "after", "größer", "mehr", "über"), ">"),
    **dict.fromkeys(("less", "fewer", "below", "under", "smaller", "lower", "before"), "<"),
    **dict.fromkeys(("kleiner", "weniger", "unter"), "<"),
    **dict.fromkeys(("equal", "equals", "exactly", "gleich", "ist"), "="),
}
_AT: Final = {("at", "least"): ">=", ("at", "most"): "<="}
_OR_EQUAL: Final = frozenset({"equal", "equals", "to", "more", "less"})
_FILLERS: Final = frozenset({"than", "to", "als"})
_JOINS: Final = {"und": "and", "oder": "or", "plus": "and", "but": "and"}
# Whom a text is about that was written as a sentence.
_PEOPLE: Final = frozenset(
    {
        "customers",
        "customer",
        "people",
        "everyone",
        "all",
        "buyers",
        "users",
        "kunden",
        "who",
        "has",
    }
)


_TO: Final = frozenset({"-", "–", "to", "bis", "..", "und"})
_EVERYONE: Final = frozenset({"customers", "everyone", "everybody", "all", "alle", "true"})


def say_comparison(reader: Reader, fact: Fact, first: int) -> None:
    """Stop with the comparison to write if words such as `is greater than` begin at `first`."""
    texts, at = reader.texts, first
    at += texts[at] == "is"
    sign = _SAID.get(texts[at]) if reader.kinds[at] == "word" else None
    if sign is None and reader.kinds[at + 1 : at + 2] == ["word"]:
        sign = _AT.get((texts[at], texts[at + 1]))
        at += sign is not None
    if sign is None:
        return
    at += 1
    while texts[at] in _FILLERS:
        at += 1
    if texts[at] == "or" and sign in ("<", ">"):
        # `greater than or equal to`, `or more`
        at += 1
        while texts[at] in _OR_EQUAL:
            at += 1
        sign += "="
    if texts[at] in KEYWORDS or reader.kinds[at] not in ("number", "word", "string"):
        return
    said = " ".join(texts[first:at])
    reader.fail(
        f"`{said}` is not a comparison",
        caption=f"expected `{sign}`",
        advice=f"write `{fact} {sign} {texts[at]}`",
        instead=sign,
        first=first,
        last=at - 1,
    )


def say_unit(reader: Reader, at: int, fact: Fact) -> None:
    """Stop with the value to write if a number at `at` has its unit as a word: `20 EUR`.

    `fact` is what the value stands beside.
    """
    if reader.kinds[at : at + 2] != ["number", "word"]:
        return
    number, unit = reader.texts[at : at + 2]
    safe = True
    meant = duration(f"{number} {unit}")
    if fact.type is ValueType.DAYS:
        length = parse_duration(meant.text) if meant is not None else ""
        if meant is None or isinstance(length, str):
            return
        text, safe = str(round(length.nominal_days)), not (length.months or length.seconds)
    elif fact.type is ValueType.MONEY and (unit.upper() in DECIMALS or unit.lower() == "euro"):
        text = number
    elif fact.type is ValueType.INTEGER and whole_number(number) is not None:
        if unit not in ("times", "orders", "points", "mal", "x"):
            return
        text = number
    elif unit in ("percent", "prozent", "pct") and fact.type is ValueType.SHARE:
        text = f"{number}%"
    else:
        return
    reader.fail(
        f"`{number} {unit}` is not a value of conditions",
        caption=f"expected `{text}`",
        advice=f"write `{text}`",
        instead=text,
        safe=safe,
        first=at,
        last=at + 1,
    )


def say_join(reader: Reader) -> None:
    """Stop with `and` or `or` if the next word says it otherwise."""
    text = reader.texts[reader.at]
    word = _JOINS.get(text.casefold())
    if word is not None:
        reader.fail(
            f"`{text}` is not a word of conditions",
            caption=f"expected `{word}`",
            advice=f"write `{word}`",
            instead=word,
        )


def say_sentence(reader: Reader) -> None:
    """Stop with a word on what conditions are made of if a sentence on customers begins here."""
    at = reader.at
    text = reader.texts[at].casefold()
    following = reader.kinds[at + 1 : at + 2]
    if text in _EVERYONE and following == ["end"]:
        reader.fail(
            f"`{text}` is no condition: nobody is left out",
            caption="expected a fact such as `orders`",
            advice="leave the condition out to mean everyone",
        )
    if text not in _PEOPLE or following != ["word"] or reader.texts[at + 1] in ("is", "in"):
        return
    reader.fail(
        "a condition is made of facts, not of a sentence about customers",
        caption="expected a fact such as `orders`",
        advice="for example: orders > 3, or: bought(category tea) within 90d",
    )


def say_square_list(reader: Reader) -> None:
    """Stop with the list to write if one in `[ ]` begins at the next token."""
    opened = reader.at
    rest = reader.texts[opened:]
    closed = opened + rest.index("]") if "]" in rest else opened
    inside = "".join(
        f"{text} " if text == "," else text for text in reader.texts[opened + 1 : closed]
    )
    reader.fail(
        "a list in a condition stands in ( ), not in [ ]",
        caption="expected `(`",
        advice=f"write `({inside})`" if inside else "for example: orders in (1, 2)",
        instead=f"({inside})" if inside else None,
        last=closed,
    )


def say_to(reader: Reader, start: int) -> None:
    """Stop with the interval to write if `3 to 5` or `3 - 5` stands after `between`."""
    if reader.texts[reader.at] not in _TO or reader.kinds[reader.at + 1] == "end":
        return
    right = f"{reader.texts[start]} and {reader.texts[reader.at + 1]}"
    reader.fail(
        f"expected `and` between the two values, found {reader.shown_next()}",
        caption="expected `and`",
        advice=f"write `between {right}`",
        instead="and",
    )


def say_has(reader: Reader, fact: Fact) -> NoReturn:
    """Stop with the test to write where a set `contains` something."""
    reader.fail(
        f"`{reader.texts[reader.at]}` is not a word of conditions",
        caption="expected `has`",
        advice=f"write `{fact} has {reader.texts[reader.at + 1] or '...'}`",
        instead="has",
    )
