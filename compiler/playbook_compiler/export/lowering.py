"""The account that one export keeps: what became of each construct, and what could not be said."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.export.bundle import Entry, Lookup, LoweringReport
from playbook_compiler.export.capability import Capability, Support
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, field

RULE = "target-lacks"
_SECTIONS = ("playbook", "guardrails", "flow", "audience", "offer", "message")


@dataclass(frozen=True, slots=True)
class Lowering:
    """Entries, findings and lookups gathered while a graph is lowered to one target."""

    title: str
    capabilities: Mapping[str, Capability]
    allow_lossy: bool
    entries: list[Entry] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    lookups: set[Lookup] = field(default_factory=set)

    def note(
        self,
        construct: str,
        name: str,
        span: Span,
        how: str = "",
        support: Support | None = None,
        lossy: str = "",
    ) -> bool:
        """Record a construct by its row, or as told, and return whether it is to be said at all.

        A refused construct is an error, or with `allow_lossy` a recorded loss; both return False,
        and the caller goes on with what `lossy` promises.
        """
        row = self.capabilities[construct]
        support = support or row.support
        how = how or row.how
        if support is Support.REFUSED:
            lossy = lossy or row.lossy
            if not self.allow_lossy:
                self.findings.append(
                    error(
                        RULE,
                        f"{self.title} cannot say {_spoken(construct)} of `{shown(name)}`: "
                        f"{shown(how)}",
                        span,
                        caption=f"not in {self.title}",
                        help=f"leave it out, or export with --allow-lossy: {lossy}",
                    )
                )
                self.entries.append(Entry(construct, name, support, how, span))
                return False
            how, support = f"{how}; {lossy}", Support.DROPPED
            self.entries.append(Entry(construct, name, support, how, span))
            return False
        self.entries.append(Entry(construct, name, support, how, span))
        return support is not Support.DROPPED

    def need(self, kind: str, name: str, note: str = "") -> str:
        """Note that the account must supply something, and return its placeholder."""
        found = Lookup(kind, name, note)
        self.lookups.add(found)
        return found.placeholder

    def report(self) -> LoweringReport:
        """Return the entries in the order of the text, each once."""
        unique = dict.fromkeys(self.entries)
        return LoweringReport(
            tuple(sorted(unique, key=lambda one: (one.span, one.construct, one.id, one.how)))
        )


def _spoken(construct: str) -> str:
    kind, _, rest = construct.partition(".")
    if kind in _SECTIONS:
        return f"the key `{rest}`"
    return f"the {kind} `{rest}`"
