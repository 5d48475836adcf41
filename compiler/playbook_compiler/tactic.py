"""A tactic: a shipped (or the shop's own) part of a playbook with parameters, in a file of its own.

`use: {win-back: {after: 90d}}` adopts `tactics/win-back.yaml`. This file says what stands at the
head of such a file; `expand.py` puts the arguments in and joins it to the playbook.
"""

from __future__ import annotations

from typing import Any, Final

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.document import Data, Document
from playbook_compiler.kinds import Anything, Custom, Flag, ListOf, MapOf, Scalar, Text, Word
from playbook_compiler.reading import INVALID, Known, Node, did_you_mean
from playbook_compiler.records import Record, RecordOf, key, keys_of
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import (
    DURATION,
    ID,
    MONEY,
    NUMBER,
    PART,
    STAGE_SET,
    STAGES,
    TEXT,
    TIME,
    WINDOW,
)

# What a tactic may hold beside its head: parts of a playbook, never the shop's own settings.
SECTIONS: Final = (
    "facts",
    "events",
    "audiences",
    "offers",
    "messages",
    "flows",
    "programmes",
    "checklists",
)
# Those whose ids become TACTIC/ID.
NAMED_SECTIONS: Final = ("audiences", "offers", "messages", "flows", "checklists")
GRADES: Final = ("A", "B", "C", "D", "E")
NONE: Final = "none"

# The parameter types whose arguments can be read without knowing the playbook. The others are
# references and texts, which are read where they are put.
SCALARS: Final = {
    "duration": DURATION,
    "share": PART,
    "money": MONEY,
    "number": NUMBER,
    "integer": Scalar(
        "whole-number",
        "a whole number such as 3",
        lambda text: int(text) if text.isdecimal() else "expected a whole number such as 3",
        "bad-number",
        numeric=True,
    ),
    "flag": Flag(),
    "time": TIME,
    "window": WINDOW,
    "text": TEXT,
}
OTHER_TYPES: Final = {
    "condition": "a condition",
    "event": "an event",
    "channel": "a channel",
    "message": "the id of a message",
    "audience": "the id of an audience",
    "flow": "the id of a flow",
    "offer": "an offer such as 20%, 5.00, free-shipping, or the id of one",
    "category": "a category of products",
    "product": "a product",
    "schedule": "a schedule such as 2w on tue at 09:00",
    "date": "a date such as 12-01",
    "effect": "an effect, or the id of one in the evidence library",
    "points": "a number of points",
}
TYPES: Final = (*SCALARS, *OTHER_TYPES)


def expected(type_name: str) -> str:
    """Return in words what may be written for a parameter of a type."""
    known = SCALARS.get(type_name)
    return known.expects if known is not None else OTHER_TYPES[type_name]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Record):
    """A figure that is quoted for a tactic."""

    figure: str = key(TEXT, "What is said, with its number.")
    grade: str = key(Word(GRADES, "a grade of evidence"), "How far it can be trusted (A to E).")
    source: str = key(TEXT, "Who says it.", default="")
    strategy: str = key(
        Word(tuple(STRATEGIES), "a strategy of the catalogue"),
        "The strategy that it is about; left out, the tactic's first.",
        default="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TacticEffect(Record):
    """Where a tactic's effect comes from in a projection."""

    library: tuple[str, ...] = key(
        ListOf(Text("an evidence id such as email.lapsed"), single=True),
        "Ids in the evidence library.",
        default=(),
    )
    none: str = key(TEXT, "Why it has no effect of its own in a projection.", default="")
    about: str = key(TEXT, "What to know of it.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Record):
    """One thing that a shop can set where it uses a tactic."""

    id: str
    type: str | tuple[str, ...] = key(
        Custom(
            "a type such as duration, or a list of one: [duration]",
            (
                (lambda data: isinstance(data, list), ListOf(Word(TYPES, "a type"), least=1)),
                (lambda data: True, Word(TYPES, "a type")),
            ),
        ),
        "What may be written for it.",
    )
    default: Data = key(Anything("a value of the type"), "What it is when left out.", default=None)
    optional: bool = key(
        Flag(), "Whether `none` may be written, which removes the key.", default=False
    )
    about: str = key(TEXT, "What it means, for the reader.", default="")

    @property
    def is_required(self) -> bool:
        """Whether a shop has to say it."""
        return not self.optional and not self.origin.has("default")


@dataclass(frozen=True, slots=True, kw_only=True)
class TacticHead(Record):
    """What a tactic says about itself. Only its name is needed; the shipped ones say it all."""

    tactic: str = key(ID, "Its name, that of its file.")
    about: str = key(TEXT, "What it does, in a sentence or two.", default="")
    strategy: tuple[str, ...] = key(
        ListOf(Word(tuple(STRATEGIES), "a strategy of the catalogue"), single=True, least=1),
        "The strategies that it carries out.",
        default=(),
    )
    stage: tuple[str, ...] = key(STAGE_SET, "The stages that it is meant for.", default=STAGES)
    source: str = key(TEXT, "Where its mechanics come from.", default="")
    figures: tuple[Figure, ...] = key(
        ListOf(RecordOf(Figure, "a figure")), "The figures quoted for it.", default=()
    )
    effect: TacticEffect | None = key(
        RecordOf(TacticEffect, "an effect"), "Its effect and evidence.", default=None
    )
    parameters: dict[str, Parameter] = key(
        MapOf(RecordOf(Parameter, "a parameter"), noun="parameter"), "What can be set.", default={}
    )


class _Unknown(Known):
    """Nothing is known of the playbook while the head of a tactic, or an argument, is read."""

    def names(self, section: str) -> tuple[str, ...]:
        return ()

    @property
    def decimals(self) -> int:
        return 3  # the most of a currency: an argument is read again where it is put

    def condition(self, text: str, where: str, origin: Any) -> tuple[None, tuple[Diagnostic, ...]]:
        return None, ()


UNKNOWN: Final = _Unknown()


def read_head(document: Document, name: str) -> tuple[TacticHead | None, list[Diagnostic]]:
    """Return the head of a tactic file that is used as `name`, and what is wrong with its keys."""
    assert isinstance(document.data, dict)
    findings: list[Diagnostic] = []
    known = keys_of(TacticHead)
    for found in document.data:
        if found not in known and found not in SECTIONS:
            findings.append(
                error(
                    "unknown-key",
                    f"unknown key `{shown(found)}` in a tactic",
                    document.key_span((found,)),
                    caption="not a key of this place",
                    help=did_you_mean(found, (*known, *SECTIONS))
                    or f"keys that may stand here: {', '.join((*known, *SECTIONS))}",
                )
            )
    head_data: Data = {key: value for key, value in document.data.items() if key in known}
    head = RecordOf(TacticHead, "a tactic").read(Node(document, (), head_data, UNKNOWN, findings))
    if head is INVALID:
        return None, findings
    if head.tactic != name:
        findings.append(
            error(
                "tactic-name",
                f"this file is used as `{name}`, but calls itself `{head.tactic}`",
                document.span(("tactic",)),
                caption=f"expected {name}",
                help="give the file and the tactic the same name",
            )
        )
    return head, findings
