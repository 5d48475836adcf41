"""Reading one value of a condition: its type and its name are checked against the fact."""

from __future__ import annotations

from collections.abc import Set

from playbook_compiler.condition_reader import Reader
from playbook_compiler.condition_scope import ambiguous_name, meant, unknown_name
from playbook_compiler.condition_speech import say_unit
from playbook_compiler.condition_tokens import KEYWORDS, unquoted, written
from playbook_compiler.condition_values import Mismatch, described, expected, read_value
from playbook_compiler.conditions import Value
from playbook_compiler.countries import NAMES
from playbook_compiler.diagnostics import error, shown
from playbook_compiler.facts import Fact, IdKind
from playbook_compiler.fixes import is_clear
from playbook_compiler.source import Span


def read_literal(reader: Reader, fact: Fact) -> Value:
    """Read one value that goes beside `fact`; a wrong one is reported and its text returned."""
    at = reader.at
    text, kind = reader.texts[at], reader.kinds[at]
    quoted = kind == "string"
    if quoted:
        text = unquoted(text)
    elif kind not in ("word", "number") or text in KEYWORDS:
        reader.bad_token()
        reader.fail(
            f"expected {expected(fact)}, found {reader.shown_next()}",
            caption="expected a value",
            advice=f'if the text `{text}` is meant, write "{text}"' if text in KEYWORDS else "",
        )
    say_unit(reader, at, fact)
    reader.at = at + 1
    value = read_value(fact, text, quoted=quoted, decimals=reader.scope.currency_decimals)
    if isinstance(value, Mismatch):
        _mismatch(reader, fact, value, at)
        return text
    if isinstance(value, str) and fact.ids is not None:
        return declared_id(reader, fact.ids, value, reader.span(at, at))
    if isinstance(value, str) and fact.members and value not in fact.members:
        _unknown_value(reader, fact, value, at)
    return value


def _mismatch(reader: Reader, fact: Fact, mismatch: Mismatch, at: int) -> None:
    text = reader.texts[at]
    if text in reader.scope.readable and reader.kinds[at] == "word":
        reader.report(
            "type-mismatch",
            f"`{fact}` is compared with another fact, `{text}`",
            at,
            at,
            caption=f"expected {mismatch.expected}",
            advice="a fact is compared with a value; let the shop compute the difference as a"
            " field of its own under `facts:`",
        )
        return
    reader.report(
        "type-mismatch",
        f"`{fact}` is {described(fact)}, and `{shown(text)}` is not",
        at,
        at,
        caption=f"expected {mismatch.expected}",
        advice=f"write `{mismatch.instead}`" if mismatch.instead else f"write {mismatch.expected}",
        instead=mismatch.instead or None,
        safe=False,
    )


def _unknown_value(reader: Reader, fact: Fact, value: str, at: int) -> None:
    """Report a value that is none of an enum's members."""
    close = meant(value, set(fact.members))
    advice = ""
    if "DE" in fact.members and "AT" in fact.members:
        close = NAMES.get(value.casefold()) or (close if len(value) == len("DE") else None)
        advice = "" if close else "write its two letters, such as DE"
    some = ", ".join(fact.members[:12]) + (", ..." if len(fact.members) > 12 else "")
    reader.report(
        "unknown-value",
        f"`{fact}` is never `{shown(value)}`",
        at,
        at,
        caption=f"not a value of `{fact}`",
        advice=advice or (f"did you mean `{close}`?" if close else f"its values: {some}"),
        instead=written(close) if close else None,
        safe=close is not None and is_clear(value, close, fact.members),
    )


def declared_id(
    reader: Reader, kind: IdKind, name: str, span: Span, *, also: Set[str] = frozenset()
) -> str:
    """Return the declared id that a name means; where there is none, report it and keep the name.

    A short name of something in a tactic becomes its full id. `also` are names of another kind
    that would do, and may be meant.
    """
    found = reader.scope.ids_meant(kind, name)
    if len(found) == 1:
        return found[0]
    if found:
        reader.found.append(ambiguous_name(kind, name, found, span))
    elif kind is IdKind.AUDIENCE and reader.scope.ids_meant(IdKind.FLOW, name)[:1] == (name,):
        reader.found.append(
            error(
                "unknown-audience",
                f"`{shown(name)}` is a flow, not an audience",
                span,
                caption="not an audience of this playbook",
                help=f"write `in_flow({name})` or `entered({name})`",
            )
        )
    else:
        known = reader.scope.names(kind) or frozenset()
        close = meant(name, set(known) | also) if also else None
        reader.found.append(unknown_name(kind, name, {close} if close else known, span))
    return name
