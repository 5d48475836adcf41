"""The account that one export keeps: what became of each construct, and what could not be said."""

from __future__ import annotations

from collections.abc import Mapping

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.export.bundle import Entry, Lookup, LoweringReport
from playbook_compiler.export.capability import Capability, Support
from playbook_compiler.export.places import Owner, places
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass, field, replace

RULE = "target-lacks"
_LOST = (Support.REFUSED, Support.DROPPED)
_WITH_THE_WHOLE = "it goes with what it is part of"
_SECTIONS = ("playbook", "guardrails", "flow", "audience", "offer", "message", "programme")


@dataclass(frozen=True, slots=True)
class Lowering:
    """Entries, findings and lookups gathered while a graph is lowered to one target."""

    title: str
    capabilities: Mapping[str, Capability]
    allow_lossy: bool
    entries: list[Entry] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    lookups: set[Lookup] = field(default_factory=set)
    gone: dict[Owner, str] = field(default_factory=dict)
    retracted: dict[str, str] = field(default_factory=dict)

    def note(
        self,
        construct: str,
        name: str,
        span: Span,
        how: str = "",
        support: Support | None = None,
        lossy: str = "",
        *,
        kept: bool = False,
        spoken: str = "",
    ) -> bool:
        """Record a construct by its row, or as told, and return whether it is to be said at all.

        A refused construct is an error, or with `allow_lossy` a recorded loss; both return False,
        and the caller goes on with what `lossy` promises. `kept`: what `lossy` promises is still
        the construct, only another way, so that the loss is an approximation. `spoken` is what the
        error calls the construct, where its name says less than the author wrote.
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
                        f"{self.title} cannot say {spoken or _spoken(construct)} of"
                        f" `{shown(name)}`: {shown(how)}",
                        span,
                        caption=f"not in {self.title}",
                        help=f"leave it out, or export with --allow-lossy: {lossy}",
                    )
                )
                self.entries.append(Entry(construct, name, support, how, span))
                return False
            how, support = f"{how}; {lossy}", Support.APPROXIMATED if kept else Support.DROPPED
            self.entries.append(Entry(construct, name, support, how, span))
            return False
        self.entries.append(Entry(construct, name, support, how, span))
        return support is not Support.DROPPED

    def leave_out(self, kind: str, name: str, why: str) -> None:
        """Record that an object (`flow`, `message`, `offer`, `audience`), or a step or trigger by
        its construct and node, is not in the export, nor anything in it."""
        self.gone.setdefault((kind, name), why)

    def retract(self, name: str, why: str) -> None:
        """Turn the entries of a step or object into drops: nobody can come to it in this engine."""
        self.retracted[name] = why
        for number, one in enumerate(self.entries):
            if one.id == name:
                self.entries[number] = replace(one, support=Support.DROPPED, how=why)

    def complete(self, graph: TriggerGraph) -> None:
        """Note every construct of the playbook that has no entry yet, as its row says.

        What is part of something left out is left out with it, without a finding of its own.
        Called once, after everything has been lowered.
        """
        told = {(one.construct, one.span.file, one.span.line) for one in self.entries}
        told_by_name = {(one.construct, one.id) for one in self.entries if _is_single(one)}
        gone = dict(self.gone)
        said = {(one.construct, one.id) for one in self.entries if one.support not in _LOST}
        for one in self.entries:
            # A part of it that is lost, where the rest is said, takes nothing else along.
            if one.support in _LOST and (one.construct, one.id) not in said:
                gone.setdefault((one.construct, one.id), _WITH_THE_WHOLE)
        for place in sorted(places(graph), key=lambda one: (len(one.owners), one.span)):
            if (place.construct, place.span.file, place.span.line) in told:
                continue
            if (place.construct, place.id) in told_by_name:
                continue
            parts = ((place.construct, place.id), *place.owners)
            why = self.retracted.get(place.id, "")
            why = why or next((gone[one] for one in parts if one in gone), "")
            if why:
                self.note(place.construct, place.id, place.span, why, Support.DROPPED)
                continue
            row = self.capabilities[place.construct]
            self.note(place.construct, place.id, place.span)
            if row.support in _LOST:
                gone.setdefault((place.construct, place.id), _WITH_THE_WHOLE)

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


def _is_single(entry: Entry) -> bool:
    """Return whether an object has such a construct once, whichever line the entry stands at."""
    return entry.construct.startswith(("playbook.", "flow.", "guardrails.", "trigger.", "step."))


def _spoken(construct: str) -> str:
    kind, _, rest = construct.partition(".")
    if kind in _SECTIONS:
        return f"the key `{rest}`"
    return f"the {kind} `{rest}`"
