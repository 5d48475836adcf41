"""The rules that findings are named after. What is known of a rule is its page, docs/checks/*.md.

A page begins with the rule's name, a paragraph that says in one sentence what is found, and one
that begins with the severity. Pages come with an installed package, too.
"""

from __future__ import annotations

from pathlib import Path

from playbook_compiler.diagnostics import Severity
from playbook_compiler.values import dataclass

_ELSEWHERE = "not by `playbook check`"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its page as Markdown, and what its first lines say."""

    name: str
    page: str
    summary: str
    severity: Severity
    of_check: bool

    @property
    def configurable(self) -> bool:
        """Whether a playbook may silence it or change its severity.

        What is an error by itself can never work, breaks a law or loses money without limit.
        """
        return self.severity is not Severity.ERROR


def folder() -> Path:
    """Return the folder of the pages; FileNotFoundError for a broken installation."""
    here = Path(__file__).resolve()
    installed, in_source_tree = here.parent / "pages", here.parents[2] / "docs" / "checks"
    for found in (installed, in_source_tree):
        if found.is_dir():
            return found
    raise FileNotFoundError(f"no pages of rules in {installed}: install the package anew")


def rule_names() -> tuple[str, ...]:
    """Return the names of all rules, sorted."""
    return tuple(sorted(path.stem for path in folder().glob("*.md")))


def rule(name: str) -> Rule:
    """Return a rule by its name, one of `rule_names()`."""
    page = (folder() / f"{name}.md").read_text(encoding="utf-8")
    _, summary, detail = [" ".join(part.split()) for part in page.split("\n\n")[:3]]
    severity = Severity(detail.partition(".")[0].lower())
    return Rule(name, page, summary, severity, _ELSEWHERE not in detail)
