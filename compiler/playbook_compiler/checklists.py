"""Checklists: what has to be in place besides messages, who sees to it, and how it is known."""

from __future__ import annotations

import re
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.kinds import ListOf, MapOf, Scalar
from playbook_compiler.programmes import PROGRAMME_NAMES
from playbook_compiler.reading import ID_PATTERN, Invalid, Kind, Node, did_you_mean
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Duration, Share, parse_duration, parse_share
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import DURATION, FLOW, MESSAGE, TEXT

# What a verification may read: moments of an order, and of a support case, in their order.
ORDER_COLUMNS: Final = (
    *("ordered_at", "paid_at", "shipped_at", "out_for_delivery_at", "delivered_at"),
    *("returned_at", "refunded_at"),
)
CASE_COLUMNS: Final = ("opened_at", "answered_at", "closed_at")
COLUMNS: Final = (*ORDER_COLUMNS, *CASE_COLUMNS)
EXAMPLE: Final = "shipped_at - ordered_at <= 1d for 95%"
_VERIFY = re.compile(
    r"\s*(?P<later>\w+)\s*-\s*(?P<earlier>\w+)\s*<=\s*(?P<within>.+?)\s+for\s+(?P<share>\S+)\s*\Z"
)


@dataclass(frozen=True, slots=True)
class DoneBy:
    """What of the playbook does an item: a flow, a message or a programme. `kind` says which."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class _DoneByKind(Kind):
    """Reads `flow thank-you`, `message receipt` or `programme points`."""

    @property
    def expects(self) -> str:
        return "what does it: flow thank-you, message receipt or programme points"

    def read(self, node: Node) -> DoneBy | Invalid:
        words = (node.text or "").split()
        if len(words) != 2:
            return node.refuse_shape(self.expects)
        kind, name = words
        if kind in ("flow", "message"):
            start = (node.text or "").rindex(name)
            span = node.origin.span_in(start, start + len(name))
            found = (FLOW if kind == "flow" else MESSAGE).look_up(node, name, span)
            return found if isinstance(found, Invalid) else DoneBy(kind, found)
        if kind == "programme" and name in PROGRAMME_NAMES:
            return DoneBy(kind, name)
        known = PROGRAMME_NAMES if kind == "programme" else ("flow", "message", "programme")
        word = name if kind == "programme" else kind
        start = (node.text or "").index(word)
        span = node.origin.span_in(start, start + len(word))
        return node.refuse(
            "unknown-word",
            f"`{shown(word)}` does no item of a checklist",
            span=span,
            caption=f"expected {', '.join(known)}",
            help=did_you_mean(word, known) or f"write {self.expects}",
            fix=node.respelled(word, known, span),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "description": self.expects}


@dataclass(frozen=True, slots=True)
class Verification:
    """A test on data: of so many of all orders, the later moment is within a time of the earlier.

    Orders (or cases) that lack one of the two moments are left out of it.
    """

    later: str
    earlier: str
    within: Duration
    share: Share

    def __str__(self) -> str:
        return f"{self.later} - {self.earlier} <= {self.within} for {self.share}"

    @property
    def columns(self) -> tuple[str, str]:
        """The columns that the data must have, the earlier moment first."""
        return self.earlier, self.later


def parse_verification(text: str) -> Verification | str:
    """Read `shipped_at - ordered_at <= 1d for 95%`."""
    match = _VERIFY.match(text)
    if match is None:
        return f"expected two moments, a time and a share: {EXAMPLE}"
    later, earlier = match["later"], match["earlier"]
    for name in (later, earlier):
        if name not in COLUMNS:
            known = f"known: {', '.join(COLUMNS)}"
            return f"unknown column {shown(name)}; {did_you_mean(name, COLUMNS) or known}"
    if (later in ORDER_COLUMNS) is not (earlier in ORDER_COLUMNS):
        return f"{later} and {earlier} are not of one order or one support case"
    if COLUMNS.index(later) <= COLUMNS.index(earlier):
        return f"expected the later moment first: {earlier} - {later}"
    within, share = parse_duration(match["within"]), parse_share(match["share"])
    if isinstance(within, str):
        return within
    if isinstance(share, str) or not 0 < share.fraction <= 1:
        return "expected a share above 0% and up to 100% after `for`: for 95%"
    return Verification(later, earlier, within, share)


DONE_BY: Final = _DoneByKind()
VERIFY: Final = Scalar(
    "verification", f"a test such as {EXAMPLE}", parse_verification, "bad-verification", " for "
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem(Record):
    """One thing that has to be in place, done by the playbook or seen to by a person."""

    item: str = key(TEXT, "What has to be in place.")
    done_by: DoneBy | None = key(
        DONE_BY, "What of the playbook does it: flow, message or programme.", default=None
    )
    owner: str = key(TEXT, "Who sees to it.", default="")
    verify: Verification | None = key(
        VERIFY, "How data are to show it; not evaluated yet.", default=None
    )
    every: Duration | None = key(DURATION, "How often a person looks.", default=None)
    evidence: str = key(TEXT, "A link or document that shows it is done.", default="")
    strategy: str = key(TEXT, "The strategy of the catalogue that it carries out.", default="")


CHECKLISTS: Final = MapOf(
    ListOf(RecordOf(ChecklistItem, "an item of a checklist"), least=1),
    pattern=rf"{ID_PATTERN}(?:/{ID_PATTERN})*",
    noun="checklist",
)
