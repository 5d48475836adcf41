"""What text, Markdown and JSON of a comparison share: sides, counts, and values cut to fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from playbook_compiler.diff import INDIRECT, Diff, Entry
from playbook_compiler.diff_entities import KINDS, Key
from playbook_compiler.diff_indirect import Reason
from playbook_compiler.diff_steps import ADDED, MODIFIED, REMOVED, RENAMED, StepDiff
from playbook_compiler.diff_values import Written
from playbook_compiler.redact import redact
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass
from playbook_runtime.counted import count_of

UNTOUCHED: Final = "nothing changed"
UNCHANGED: Final = "nothing changed in meaning (comments, order or layout only)"
NEW_IDS: Final = (
    "What has a new id begins anew: random draws of a simulation and objects in a target go by it."
)
WORK_TREE: Final = "work tree"
_CUT = "…"
_HOWS = (ADDED, REMOVED, MODIFIED, RENAMED, INDIRECT)
_DEEDS = {INDIRECT: "affected through others"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared: its name, its commit (empty for the work tree), whether it
    has the playbook, and how it shows the path of a file."""

    name: str
    commit: str
    exists: bool
    file: Callable[[str], str]

    def place(self, span: Span) -> str:
        """Return `file:line`, or `REV:file:line`."""
        return f"{self.file(span.file)}:{span.line}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A diff with the two sides that it is about, and the name of the playbook.

    `is_untouched` tells that both sides have the same files with the same texts.
    """

    diff: Diff
    old: Side
    new: Side
    playbook: str
    is_untouched: bool = False


def sentence(found: Comparison) -> str:
    """Return what became of the playbook as a whole, without a full stop."""
    if found.is_untouched:
        return UNTOUCHED
    return UNCHANGED if found.diff.is_empty else counts(found.diff)


def counts(diff: Diff) -> str:
    """Return how much of what changed: `1 flow added; 2 flows, 1 offer modified`."""
    said = []
    for how in _HOWS:
        found = [
            count_of(number, kind)
            for kind in KINDS
            if (number := sum(one.how == how and one.kind == kind for one in diff.entries))
        ]
        if found:
            said.append(f"{', '.join(found)} {_DEEDS.get(how, how)}")
    return "; ".join(said)


def absence(sides: Comparison) -> str:
    """Return the sentence about a side that has no playbook at all, empty where both have one."""
    for side, what in ((sides.old, "added"), (sides.new, "removed")):
        if not side.exists:
            return f"{side.name} has no playbook here: all of it is {what}."
    return ""


def has_new_ids(entries: Iterable[Entry]) -> bool:
    """Whether a flow or step goes by another id than before."""
    return any(
        (one.was and one.kind == "flow") or any(step.was for step in one.steps) for one in entries
    )


def around(old: str, new: str, limit: int) -> tuple[str, str]:
    """Return two texts cut to `limit` characters around the first place in which they differ."""
    old, new = redact(old), redact(new)
    if max(len(old), len(new)) <= limit:
        return old, new
    same = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    start = max(0, same - limit // 3)
    return _window(old, start, limit), _window(new, start, limit)


def _window(text: str, start: int, limit: int) -> str:
    if len(text) <= limit:
        return text
    start = min(start, max(0, len(text) - limit))
    left, right = _CUT if start else "", _CUT if start + limit < len(text) else ""
    return f"{left}{text[start : start + limit]}{right}"


def said(written: Written, text: str) -> str:
    """Return the (cut) text of one side of a change, with a word where it is not written out."""
    if not written.text:
        return "not set"
    return f"{text} (default)" if written.is_default else text


def because(reason: Reason, quoted: Callable[[str], str] = str) -> str:
    """Return why something is affected: `uses offer come-back in step send-come-back`.

    Ids are written by `quoted`.
    """
    cause, through = _named(reason.cause, quoted), _named(reason.through, quoted)
    if reason.starts_this:
        return f"is started by {cause}"
    verb = _VERBS.get(reason.through[0], "uses")
    rests = "" if reason.cause == reason.through else f" (it rests on {cause})"
    steps = f" in step {quoted(reason.steps[0])}" if reason.steps else ""
    more = f" and {len(reason.steps) - 1} more" if len(reason.steps) > 1 else ""
    return f"{verb} {through}{steps}{more}{rests}"


_VERBS = {"flow": "starts or reads", "guardrail": "is bound by", "setting": "goes by"}


def _named(key: Key, quoted: Callable[[str], str]) -> str:
    kind, name = key
    return f"{kind} {quoted(name)}" if name else kind


def following(steps: Iterable[StepDiff]) -> int:
    """Return how many steps have a new id only because a step they are named after has."""
    return sum(step.follows for step in steps)
