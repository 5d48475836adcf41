"""How much findings matter in one playbook: `checks: {no-holdout: ignore, discount-first: error}`.

Rules that are warnings or hints can be silenced, lowered and raised. What is an error by itself
stays one: it can never work, breaks a law or loses money without limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.fixes import respelled
from playbook_compiler.kinds import Word
from playbook_compiler.reading import INVALID, Invalid, Kind, Node, did_you_mean
from playbook_compiler.rules import rule, rule_names
from playbook_compiler.spellings import Spelling
from playbook_compiler.values import dataclass, replace

IGNORE: Final = "ignore"
_SAID_FOR: Final = {
    **dict.fromkeys(("info", "note", "notice"), "hint"),
    **dict.fromkeys(("off", "none", "false", "no", "skip"), IGNORE),
    "warn": "warning",
}


def _level(text: str) -> Spelling | None:
    said = _SAID_FOR.get(text.casefold())
    return Spelling(said) if said else None


LEVELS: Final = Word(
    (IGNORE, "hint", "warning", "error"), "how much a finding matters", instead=_level
)


@dataclass(frozen=True, slots=True)
class SeverityProfile(Kind):
    """Reads a mapping from rules to how much their findings matter."""

    @property
    def expects(self) -> str:
        return "a mapping from rules to ignore, hint, warning or error"

    def read(self, node: Node) -> dict[str, str] | Invalid:
        if not isinstance(node.data, dict):
            return node.refuse_shape(self.expects)
        names = rule_names()
        levels: dict[str, Any] = {}
        for name in sorted(node.data):
            child = node.child(name, node.data[name])
            key_span = node.document.key_span(child.path)
            levels[name] = LEVELS.read(child)
            if name not in names:
                levels[name] = child.refuse(
                    "unknown-rule",
                    f"there is no rule `{name}`",
                    span=key_span,
                    caption="not a rule",
                    help=did_you_mean(name, names) or "`playbook explain --list` shows all of them",
                    fix=respelled(node.document.source, key_span, name, names),
                )
            elif levels[name] not in (INVALID, "error") and not rule(name).configurable:
                levels[name] = child.refuse(
                    "fixed-severity",
                    f"`{name}` is always an error",
                    caption="cannot be silenced or lowered",
                    help=f"mend what it finds; `playbook explain {name}` says why it is an error",
                )
        return INVALID if INVALID in levels.values() else levels

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": LEVELS.schema(definitions)}


def with_profile(
    findings: Iterable[Diagnostic], profile: Mapping[str, str]
) -> Iterable[Diagnostic]:
    """Return findings as a playbook's profile wants them; the severity of errors never changes."""
    for found in findings:
        level = profile.get(found.rule)
        if level is None or found.is_error:
            yield found
        elif level != IGNORE:
            yield replace(found, severity=Severity(level))
