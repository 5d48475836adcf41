"""The tactics and shipped messages that a playbook uses, joined to its documents.

A tactic becomes one more document: its parameters replaced by the shop's arguments, its ids
written `TACTIC/ID`. Each argument keeps the place where the shop wrote it, so that a finding
points there; what stands in a shipped file is pointed at from the line that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, Final

from playbook_compiler.bindings import Bound, bind
from playbook_compiler.declared import entries
from playbook_compiler.decode import decode
from playbook_compiler.diagnostics import Diagnostic, Label, error, has_errors, shown
from playbook_compiler.document import Data, Document, Path, Place
from playbook_compiler.fixes import respelled
from playbook_compiler.front_matter import read_message
from playbook_compiler.include import Sources, read_text
from playbook_compiler.parse import parse
from playbook_compiler.reading import ID_PATTERN, did_you_mean
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.tactic import NAMED_SECTIONS, SECTIONS, TacticHead, read_head
from playbook_compiler.values import dataclass, field, replace

SHIPPED: Final = "shipped"
_PARAMETER = re.compile(r"\$([a-z][a-z0-9_-]*)\Z")


@dataclass(frozen=True, slots=True)
class Use:
    """One tactic, or shipped message, that a playbook uses.

    `span` is where the playbook names it, `file` the path under which its text is shown. `bound`
    holds its arguments and defaults, `taken` where each argument goes in the tactic's file.
    """

    name: str
    span: Span
    file: str
    is_shipped: bool
    head: TacticHead | None = None
    bound: Mapping[str, Bound] = field(default_factory=dict)
    taken: Mapping[Span, Span] = field(default_factory=dict)


def expand(
    sources: Sources, library: FilePath | None
) -> tuple[Sources | None, tuple[Use, ...], tuple[SourceFile, ...], list[Diagnostic]]:
    """Return the sources with a document for each tactic and shipped message that is used, and all
    texts that findings can show.

    `library` is the folder of the shipped `tactics/` and `messages/`. A tactic in the playbook's
    own folder `tactics/` goes before the shipped one of its name.
    """
    alone = [_not_used(one) for one in sources.documents if "tactic" in _keys(one)]
    if alone:
        return None, (), sources.files, alone
    findings: list[Diagnostic] = []
    uses: list[Use] = []
    for document, name, path, data in _used(sources, findings):
        source, is_shipped, more = _tactic_source(sources, library, name)
        findings.extend(more)
        if source is None:
            if not more:
                findings.append(_unknown_tactic(sources, library, name, document, path))
            continue
        sources = replace(sources, files=(*sources.files, source))
        use = Use(name, document.key_span(path), source.path, is_shipped)
        use, found, more = _written_out(use, source, document, path, data)
        uses.append(use)
        findings.extend(more)
        if found is not None:
            sources = replace(sources, documents=(*sources.documents, found))
    for name, span in _undefined_messages(sources):
        message = _shipped_message(library, name)
        if message is None:
            continue
        found, passage, more = read_message(message)
        findings.extend(more)
        if found is not None and passage is not None:
            sources = replace(
                sources,
                passages={**sources.passages, message.path: passage},
                documents=(*sources.documents, found),
                files=(*sources.files, message),
            )
            uses.append(Use(name, span, message.path, is_shipped=True))
    pointed = pointing_at_use(findings, uses)
    return (None if has_errors(findings) else sources), tuple(uses), sources.files, pointed


def _keys(document: Document) -> dict[str, Data]:
    return document.data if isinstance(document.data, dict) else {}


def _not_used(document: Document) -> Diagnostic:
    """Return the finding that a file is a tactic, which is neither a playbook nor included."""
    name = shown(_keys(document)["tactic"])
    return error(
        "tactic-alone",
        f"this file is the tactic `{name}`, a part of playbooks: it is checked where it is used",
        document.key_span(("tactic",)),
        caption="not a playbook",
        help=f"put it into the folder `tactics` beside playbook.yaml, write"
        f" `use: {{{name}: {{}}}}` there and check that folder",
    )


def pointing_at_use(found: list[Diagnostic], uses: list[Use] | tuple[Use, ...]) -> list[Diagnostic]:
    """Return findings that stand in the shop's own files, with a label where the tactic has it.

    A finding in a shipped file moves to the line that uses it, since only that can be edited.
    """
    if not uses:
        return found
    by_file = {use.file: use for use in uses}
    taken = {span: place for use in uses for span, place in use.taken.items()}
    told: set[str] = set()  # tactics that the way to mend was said of
    return [_pointing(one, by_file.get(one.span.file), taken.get(one.span), told) for one in found]


# What is said of a text or step of a tactic, where no setting of the shop's can change it.
_INSIDE = frozenset(
    {
        *("always-true", "dead-branch", "discount-first", "message-without-text", "missing-exit"),
        *("missing-unsubscribe", "no-wait-between", "omits-missing", "repeated-message"),
        *("send-after-suppress", "sms-without-way-out", "template-syntax", "unknown-variable"),
        *("wait-too-long", "wait-zero"),
    }
)


def _pointing(one: Diagnostic, use: Use | None, taken: Span | None, told: set[str]) -> Diagnostic:
    if use is not None and use.is_shipped:
        label = Label(one.span, one.caption or "here")
        caption = f"from the shipped `{use.name}`"
        advice = one.help
        if one.rule in _INSIDE and use.name not in told:
            told.add(use.name)
            eject = f"to change the tactic itself, copy it with `playbook eject {use.name}`"
            advice = f"{one.help}; {eject}" if one.help else eject
        labels = (label, *one.labels)
        return replace(one, span=use.span, caption=caption, help=advice, labels=labels, fix=None)
    if use is not None:
        label = Label(use.span, "used here")
    elif taken is not None:
        label = Label(taken, "the tactic takes it here")
    else:
        return one
    return one if label in one.labels else replace(one, labels=(*one.labels, label))


def _used(
    sources: Sources, findings: list[Diagnostic]
) -> Iterator[tuple[Document, str, Path, Data]]:
    """Yield each entry of `use:`, sorted by name, after noting those of another shape."""
    for document in sources.documents:
        data = document.data.get("use") if isinstance(document.data, dict) else None
        if data is None or isinstance(data, dict):
            continue
        names = [one for one in data if isinstance(one, str)] if isinstance(data, list) else []
        example = f"{names[0]}: {{}}" if names else "thank-you: {}"
        findings.append(
            error(
                "wrong-shape",
                "`use`: expected a mapping from tactics to their parameters",
                document.span(("use",)),
                caption="expected a mapping",
                help=f"write `{shown(example)}`",
            )
        )
    yield from sorted(entries(sources.documents, "use"), key=lambda one: one[1])


def _written_out(
    use: Use, source: SourceFile, document: Document, path: Path, data: Data
) -> tuple[Use, Document | None, list[Diagnostic]]:
    """Return a tactic with the arguments `data` at `path`, and the document that it becomes."""
    parsed, findings = parse(source)
    if parsed is None or has_errors(findings):
        return use, None, findings
    head, found = read_head(parsed, use.name)
    findings.extend(found)
    if head is None or has_errors(findings):
        return use, None, findings
    bound, found = bind(head, parsed, document, path, data)
    findings.extend(found)
    if has_errors(findings):
        return use, None, findings
    writing = _Writing(parsed, use.name, bound)
    expanded = writing.document()
    findings.extend(writing.findings)
    use = replace(use, head=head, bound=bound, taken=writing.taken)
    return use, None if has_errors(findings) else expanded, findings


def _unknown_tactic(
    sources: Sources, library: FilePath | None, name: str, document: Document, path: Path
) -> Diagnostic:
    span = document.key_span(path)
    known = tactic_names(library, sources.folder)
    listed = f"known: {', '.join(known)}" if known else "put it into your folder `tactics`"
    return error(
        "unknown-tactic",
        f"unknown tactic `{shown(name)}`",
        span,
        caption="neither a shipped tactic nor one of your folder `tactics`",
        help=did_you_mean(name, known) or listed,
        fix=respelled(document.source, span, name, known),
    )


def _tactic_source(
    sources: Sources, library: FilePath | None, name: str
) -> tuple[SourceFile | None, bool, list[Diagnostic]]:
    """Return the text of a tactic, the shop's own before the shipped one, and whether it is
    shipped."""
    if not re.fullmatch(ID_PATTERN, name):
        return None, False, []
    own = f"tactics/{name}.yaml"
    if (sources.folder / own).is_file():
        source, found = read_text(sources, own)
        return source, False, found
    return _shipped(library, own), True, []


def _shipped(library: FilePath | None, name: str) -> SourceFile | None:
    if library is None or not (library / name).is_file():
        return None
    source, found = decode(f"{SHIPPED}/{name}", (library / name).read_bytes())
    assert not has_errors(found), f"the shipped {name} cannot be read: install the package anew"
    return source


def _shipped_message(library: FilePath | None, name: str) -> SourceFile | None:
    return _shipped(library, f"messages/{name}.md")


def tactic_names(library: FilePath | None, folder: FilePath | None = None) -> list[str]:
    """Return the names of the shipped tactics and of those in a playbook's own folder, sorted."""
    places = [one / "tactics" for one in (library, folder) if one is not None]
    return sorted({file.stem for place in places for file in place.glob("*.yaml")})


def _undefined_messages(sources: Sources) -> list[tuple[str, Span]]:
    """Return the messages that steps send and no document defines, each with its first place."""
    defined = {name for _, name, _, _ in entries(sources.documents, "messages")}
    found: dict[str, Span] = {}
    for document in sources.documents:
        tactic = f"{document.tactic}/" if document.tactic else ""
        root = document.data if isinstance(document.data, dict) else {}
        for name, path in _sent(root.get("flows"), ("flows",)):
            is_defined = name in defined or (tactic + name) in defined
            if not is_defined and re.fullmatch(ID_PATTERN, name):
                found.setdefault(name, document.span(path))
    return sorted(found.items())


def _sent(data: Data, path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the message ids under every `send:`, with their paths."""
    if isinstance(data, list):
        for index, one in enumerate(data):
            yield from _sent(one, (*path, index))
    elif isinstance(data, dict):
        for name, value in data.items():
            if name == "send":
                yield from _texts(value, (*path, name))
            else:
                yield from _sent(value, (*path, name))


def _texts(data: Data, path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(data, str):
        yield data, path
    elif isinstance(data, list):
        for index, one in enumerate(data):
            yield from _texts(one, (*path, index))
    elif isinstance(data, dict):
        for name, one in data.items():
            yield from _texts(one, (*path, name))


@dataclass(frozen=True, slots=True)
class _Writing:
    """The state of writing one tactic out: `places` of what was written, `taken` and `findings`."""

    tactic: Document
    name: str
    bound: Mapping[str, Bound]
    places: dict[Path, Place] = field(default_factory=dict)
    taken: dict[Span, Span] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def document(self) -> Document:
        """Return the tactic's sections as a document of the playbook."""
        root = self.tactic.data
        assert isinstance(root, dict)
        data: dict[str, Data] = {}
        for section in SECTIONS:
            if section in root:
                value = self._written(root[section], (section,), (section,))
                data[section] = value
        offers = data.setdefault("offers", {})
        assert isinstance(offers, dict)
        for bound in self.bound.values():
            if bound.offer is not None:
                path = ("offers", f"{self.name}/{bound.name}")
                offers[path[1]] = bound.offer
                self._graft_offer(bound, path)
        for name in sorted(set(self.bound) - self.used):
            place = self.tactic.key_span(("parameters", name))
            self.findings.append(
                error(
                    "unused-parameter",
                    f"nothing in this tactic says `${name}`",
                    place,
                    caption="changes nothing",
                    help="use it, or remove it",
                )
            )
        return Document(self.tactic.source, data, self.places, tactic=self.name)

    def _written(self, data: Data, path: Path, target: Path) -> Any:
        """Return the data at `path` of the tactic as it stands at `target`; `_DROPPED` if none."""
        match = _PARAMETER.match(data) if isinstance(data, str) else None
        if match is not None:
            return self._argument(match[1], path, target)
        place = self.tactic.places.get(path)
        if place is not None:
            self.places[target] = place
        if isinstance(data, dict):
            written: dict[str, Data] = {}
            for name, value in data.items():
                new = name
                if len(path) == 1 and path[0] in NAMED_SECTIONS:
                    new = f"{self.name}/{name}"
                one = self._written(value, (*path, name), (*target, new))
                if one is not _DROPPED:
                    written[new] = one
            return written
        if isinstance(data, list):
            items: list[Data] = []
            for index, value in enumerate(data):
                one = self._written(value, (*path, index), (*target, len(items)))
                if one is not _DROPPED:
                    items.append(one)
            return items
        return data

    def _argument(self, name: str, path: Path, target: Path) -> Any:
        place = self.tactic.places[path]
        if name not in self.bound:
            self.findings.append(
                error(
                    "unknown-parameter",
                    f"this tactic has no parameter `{shown(name)}`",
                    place.value,
                    caption="expected a parameter",
                    help=did_you_mean(name, self.bound) or "declare it under `parameters:`",
                    fix=respelled(
                        self.tactic.source,
                        place.value,
                        f"${name}",
                        [f"${one}" for one in self.bound],
                    ),
                )
            )
            return _DROPPED
        self.used.add(name)
        bound = self.bound[name]
        if bound.is_none:
            return _DROPPED
        span = bound.document.span(bound.path)
        self.taken.setdefault(span, place.value)
        if bound.offer is not None:
            made = f"{self.name}/{bound.name}"
            self.places[target] = Place(span, place.key, made)
            return made
        self._graft(bound.document, bound.path, target, place.key)
        return bound.data

    def _graft(self, document: Document, path: Path, target: Path, key: Span | None) -> None:
        """Take over the places of an argument."""
        for found, place in document.places.items():
            if found[: len(path)] == path:
                rest = found[len(path) :]
                moved = place if rest else place._replace(key=key)
                self.places[(*target, *rest)] = moved

    def _graft_offer(self, bound: Bound, path: Path) -> None:
        argument = bound.document.places.get(bound.path)
        if argument is None:
            return
        self._graft(bound.document, bound.path, path, argument.key)
        if not isinstance(bound.data, dict) and isinstance(bound.offer, dict):
            # Only the benefit was written; the rest is the short form's meaning.
            self.places[(*path, next(iter(bound.offer)))] = argument._replace(key=None)


class _Dropped:
    """The value of a key whose argument is `none`."""


_DROPPED: Final = _Dropped()
