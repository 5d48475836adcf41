"""What a condition may name at its place in the playbook: facts, events and declared ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from playbook_compiler.condition_ids import TACTIC_KINDS, full_ids
from playbook_compiler.diagnostics import Diagnostic, Fix, error, nearest, shown
from playbook_compiler.facts import Catalogue, Fact, IdKind, Where
from playbook_compiler.fixes import is_clear
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, field

_PLACES = {
    Where.SHOP: "only in `enter` of a stage, where conditions are about the shop",
    Where.MESSAGE: "only in a message's text",
    Where.CUSTOMER: "only where a condition is about one customer",
}


@dataclass(frozen=True, slots=True)
class ConditionScope:
    """The names that can be read at one place.

    `where` is CUSTOMER, or SHOP in `stages.*.enter`, or LINE where products are chosen. `trigger`
    is the event that starts the flow (or another kind of trigger and a colon), whose fields are
    read as `trigger.*`; else None. `ids` holds the declared names of each kind: names of a kind
    that is left out are not checked (products without a product list). Channels and events come
    from the catalogue. `currency_decimals` limits amounts of money. `tactic` is the shipped tactic
    that the condition is written in, whose own ids come first.
    """

    catalogue: Catalogue
    ids: Mapping[IdKind, Set[str]] = field(default_factory=dict)
    where: Where = Where.CUSTOMER
    trigger: str | None = None
    currency_decimals: int = 2
    tactic: str = ""
    readable: Mapping[str, Fact] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        facts = {
            name: fact for name, fact in self.catalogue.facts.items() if fact.where is self.where
        }
        if self.where is Where.LINE:
            facts = dict(self.catalogue.lines)
        if self.where is Where.CUSTOMER:
            facts |= self.catalogue.trigger_facts(self.trigger)
        object.__setattr__(self, "readable", facts)

    def names(self, kind: IdKind) -> Set[str] | None:
        """Return the declared names of a kind, or None where they are not checked."""
        if kind is IdKind.CHANNEL:
            return self.catalogue.channels.keys()
        if kind is IdKind.EVENT:
            return self.catalogue.events.keys()
        return self.ids.get(kind)

    def ids_meant(self, kind: IdKind, name: str) -> tuple[str, ...]:
        """Return the declared names that `name` can mean: one, or none or several where it is not
        clear. A name that is not checked means itself."""
        known = self.names(kind)
        if known is None:
            return (name,)
        if kind in TACTIC_KINDS:
            return full_ids(name, known, self.tactic)
        return (name,) if name in known else ()


def meant(word: str, known: Set[str]) -> str | None:
    """Return the known name that differs from `word` in case only, or else is nearest to it."""
    folded = word.casefold().replace("_", "-")
    same = sorted(name for name in known if name.casefold().replace("_", "-") == folded)
    return same[0] if same else nearest(word, known)


def ambiguous_name(kind: IdKind, name: str, found: Sequence[str], span: Span) -> Diagnostic:
    """Return the finding that a short name can mean several declared ones."""
    return error(
        f"unknown-{kind}",
        f"`{shown(name)}` can be several {_plural(kind)}: {', '.join(found[:8])}",
        span,
        caption="not clear which is meant",
        help=f"write one of them in full, for example `{found[0]}`",
    )


def unknown_name(kind: IdKind, name: str, known: Set[str], span: Span) -> Diagnostic:
    """Return the finding that no such name is declared."""
    close = meant(name, known)
    if close is not None:
        advice = f"did you mean `{close}`?"
    elif known:
        some = sorted(known)
        advice = f"known: {', '.join(some[:8])}{', ...' if len(some) > 8 else ''}"
    else:
        advice = f"this playbook declares no {_plural(kind)}"
    return error(
        f"unknown-{kind}",
        f"unknown {kind} `{shown(name)}`",
        span,
        caption=f"not {_article(kind)} {kind} of this playbook",
        help=advice,
        fix=Fix(span, close, is_clear(name, close, known)) if close is not None else None,
    )


def unknown_fact(name: str, scope: ConditionScope, span: Span) -> Diagnostic:
    """Return the finding that a name is no fact, or none that can be read here."""
    elsewhere = scope.catalogue.facts.get(name) or scope.catalogue.variables.get(name)
    qualified = f"trigger.{name}"
    if qualified in scope.readable:
        return error(
            "unknown-fact",
            f"`{name}` is a field of the trigger, not a fact about the customer",
            span,
            caption="expected a fact",
            help=f"write `{qualified}`",
            fix=Fix(span, qualified),
        )
    if elsewhere is not None:
        return error(
            "fact-out-of-place",
            f"`{name}` cannot be read here: {_PLACES.get(elsewhere.where, 'not in conditions')}",
            span,
            caption=f"expected a fact about the {scope.where}",
            help=f"known here: {', '.join(sorted(scope.readable)[:8])}, ...",
        )
    if name.startswith("trigger.") and scope.where is Where.CUSTOMER:
        if scope.trigger is None:
            return error(
                "fact-out-of-place",
                f"`{shown(name)}` cannot be read here: `trigger.*` is known only in a flow whose"
                " trigger brings such fields, as events do",
                span,
                caption="no fields of a trigger here",
            )
        fields = {one for one in scope.readable if one.startswith("trigger.")}
        field = span.within(len("trigger."), len(name)) if span.line == span.end_line else span
        close = meant(name, fields)
        listed = ", ".join(sorted(fields)) or "none"
        kind = scope.trigger.removesuffix(":")
        source = f"the {'event' if kind == scope.trigger else 'trigger'} `{kind}`"
        return error(
            "unknown-fact",
            f"{source} has no field `{shown(name.removeprefix('trigger.'))}`",
            field,
            caption="not a field of the trigger",
            help=f"did you mean `{close}`?" if close else f"its fields: {listed}",
            fix=Fix(field, close.removeprefix("trigger."), is_clear(name, close, fields))
            if close
            else None,
        )
    if name in (scope.names(IdKind.AUDIENCE) or ()):
        return error(
            "unknown-fact",
            f"`{name}` is an audience, not a fact",
            span,
            caption="expected a fact",
            help=f"write `audience({name})`",
            fix=Fix(span, f"audience({name})"),
        )
    close = meant(name, scope.readable.keys())
    some = ", ".join(sorted(scope.readable)[:8])
    return error(
        "unknown-fact",
        f"unknown fact `{shown(name)}`",
        span,
        caption="not a fact that can be read here",
        help=f"did you mean `{close}`?" if close else f"known here: {some}, ...",
        fix=Fix(span, close, is_clear(name, close, scope.readable.keys())) if close else None,
    )


def _plural(kind: IdKind) -> str:
    return "categories" if kind is IdKind.CATEGORY else f"{kind}s"


def _article(kind: IdKind) -> str:
    return "an" if kind.value[0] in "aeo" else "a"
