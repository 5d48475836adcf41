"""The documents of a playbook as one Playbook: sections joined, names looked up, defaults filled.

Sections that hold entries by id are joined over all files; the other settings stand in one file,
and those that say what the playbook is in the main one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from playbook_compiler.declared import Declared, declared, entries
from playbook_compiler.defaults import BUILT_IN_STAGES, with_defaults
from playbook_compiler.diagnostics import Diagnostic, Label, error, has_errors, shown, warning
from playbook_compiler.document import Data, Document
from playbook_compiler.fixes import respelled
from playbook_compiler.include import Sources, body_in
from playbook_compiler.invariants import broken_invariants
from playbook_compiler.kinds import MapOf
from playbook_compiler.model import Message, Playbook, Stage
from playbook_compiler.programmes import PROGRAMME_NAMES, Programmes
from playbook_compiler.reading import INVALID, Node, Origin, did_you_mean
from playbook_compiler.records import is_required, keys_of
from playbook_compiler.requirements import parse_requirement
from playbook_compiler.source import Span
from playbook_compiler.step_ids import with_step_ids
from playbook_compiler.values import Field, replace
from playbook_compiler.vocabulary import STAGES

MAIN_FILE_KEYS = ("playbook", "name", "currency", "timezone", "stage")
# Kept as they are written, but still joined entry by entry.
_JOINED_AS_WRITTEN = (
    "facts",
    "events",
    "products",
    "marketplaces",
    "programmes",
    "checklists",
    "evidence",
    "use",
)
# What a tactic may share with the shop or another tactic: one thing where both say the same.
_DECLARED = ("facts", "events")
_LISTS = ("include", "require")


def resolve(sources: Sources) -> tuple[Playbook | None, list[Diagnostic]]:
    """Return the playbook that the documents say, or None where they cannot be understood."""
    known, findings = declared(sources.documents)
    known = replace(known, texts=_texts_alone(sources))
    findings.extend(_misplaced(sources.documents))
    findings.extend(_defined_twice(sources.documents))
    values = _read(sources.documents, known, findings)
    if INVALID in values.values() or has_errors(findings):
        return None, findings
    values["messages"] = {
        name: _with_body(message, sources) for name, message in values["messages"].items()
    }
    findings.extend(_unused_texts(sources, values["messages"].values()))
    values["stages"] = _in_order(values["stages"] or _built_in_stages(sources.main, known))
    origin = Origin(sources.main, ())
    playbook = Playbook(origin=origin, catalogue=known.catalogue, **values)
    playbook = replace(
        playbook,
        require=_requirements(playbook, sources.documents, findings),
        flows={
            name: with_step_ids(with_defaults(flow, playbook.catalogue), findings)
            for name, flow in playbook.flows.items()
        },
    )
    findings.extend(broken_invariants(playbook))
    if has_errors(findings):
        return None, findings
    return playbook, findings


def _misplaced(documents: Sequence[Document]) -> Iterable[Diagnostic]:
    """Find keys that no playbook has, and keys that only the main file may have."""
    known = keys_of(Playbook)
    for document in documents:
        for name in _root(document):
            span = document.key_span((name,))
            if name not in known:
                yield error(
                    "unknown-key",
                    f"unknown key `{shown(name)}` in a playbook",
                    span,
                    caption="not a key of this place",
                    help=did_you_mean(name, known)
                    or f"keys that may stand here: {', '.join(known)}",
                    fix=respelled(document.source, span, name, known),
                )
            elif name in MAIN_FILE_KEYS and document is not documents[0]:
                yield error(
                    "main-file-only",
                    f"`{name}` stands only in {shown(documents[0].source.path)}",
                    span,
                    caption="remove it here",
                    help="what the playbook is (name, currency, zone, stage) stands in one place",
                )
            elif name in _JOINED_AS_WRITTEN and not _has_shape(name, _root(document)[name]):
                yield error(
                    "wrong-shape",
                    f"`{name}`: expected a mapping from names to what they mean",
                    document.span((name,)),
                    caption="expected a mapping",
                )


def _has_shape(name: str, data: Data) -> bool:
    # Products may also be the name of a file.
    return isinstance(data, dict) or (name == "products" and isinstance(data, str))


def _defined_twice(documents: Sequence[Document]) -> Iterable[Diagnostic]:
    """Find ids that two files define, and settings that two files make."""
    for name, entry in keys_of(Playbook).items():
        if _is_joined(name, entry):
            first: dict[str, tuple[Document, Span, Data]] = {}
            for document, entry_name, path, data in entries(documents, name):
                span = document.key_span(path)
                before, place, said = first.setdefault(entry_name, (document, span, data))
                if before is document:
                    continue
                if name in _DECLARED and (before.tactic or document.tactic):
                    if (said or {}) != (data or {}):
                        yield _declared_otherwise(name, entry_name, span, place)
                    continue
                yield error(
                    "duplicate-id",
                    f"`{shown(entry_name)}` is defined twice under `{name}`",
                    span,
                    caption="defined again here",
                    help="rename one of them",
                    labels=(Label(place, "first defined here"),),
                )
        elif name not in (*_LISTS, *MAIN_FILE_KEYS):
            having = [document for document in documents if name in _root(document)]
            for document in having[1:]:
                yield error(
                    "duplicate-section",
                    f"`{name}` stands in two files",
                    document.key_span((name,)),
                    caption="set again here",
                    help="keep it in one file",
                    labels=(Label(having[0].key_span((name,)), "first set here"),),
                )


def _declared_otherwise(section: str, name: str, span: Span, first: Span) -> Diagnostic:
    """Return the finding on a fact or event that a tactic declares in another way."""
    what = "with other fields" if section == "events" else "as something else"
    return error(
        "duplicate-id",
        f"`{shown(name)}` is declared under `{section}` here, and elsewhere {what}",
        span,
        caption="declared here",
        help="declare it the same way in both places, or give one of them another name",
        labels=(Label(first, "declared otherwise here"),),
    )


def _is_joined(name: str, entry: Field) -> bool:
    return name in _JOINED_AS_WRITTEN or isinstance(entry.metadata["kind"], MapOf)


def _read(
    documents: Sequence[Document], known: Declared, findings: list[Diagnostic]
) -> dict[str, Any]:
    """Return the fields of the playbook, INVALID where they could not be read."""
    values: dict[str, Any] = {}
    main = documents[0]
    for name, entry in keys_of(Playbook).items():
        parts = [
            entry.metadata["kind"].read(
                Node(document, (name,), _root(document)[name], known, findings)
            )
            for document in documents
            if name in _root(document)
        ]
        if not parts and is_required(entry):
            values[entry.name] = INVALID
            findings.append(
                error(
                    "missing-key",
                    f"a playbook needs `{name}`",
                    Span.of_file(main.source.path),
                    caption=f"add {name}:",
                    help=entry.metadata["if_missing"]
                    or f"{name}: {entry.metadata['doc'][0].lower()}{entry.metadata['doc'][1:]}",
                )
            )
        elif INVALID in parts:
            values[entry.name] = INVALID
        elif parts and name in _LISTS:
            values[entry.name] = tuple(item for part in parts for item in part)
        elif parts and all(isinstance(part, dict) for part in parts) and _is_joined(name, entry):
            joined = {key: value for part in parts for key, value in part.items()}
            values[entry.name] = {key: joined[key] for key in sorted(joined)}
        elif name == "programmes" and parts:
            values[entry.name] = _programmes(parts)
        elif parts:
            values[entry.name] = parts[0]  # a second one is an error already
    values.setdefault("messages", {})
    values.setdefault("stages", {})
    return values


def _programmes(parts: Sequence[Programmes]) -> Programmes:
    """Return the programmes of all files as one: none of them stands in two."""
    joined = parts[0]
    for part in parts[1:]:
        own = {name: getattr(part, name) for name in PROGRAMME_NAMES if part.origin.has(name)}
        joined = replace(joined, **own)
    return joined


def _root(document: Document) -> dict[str, Data]:
    assert isinstance(document.data, dict)
    return document.data


def _with_body(message: Message, sources: Sources) -> Message:
    """Return the message with its text, read from the file that `body:` names, if it names one."""
    own = sources.passages.get(message.origin.document.source.path)
    body = message.body
    if own is not None and own.text == body:
        return replace(message, passage=own)
    passage = body_in(sources, body)
    return message if passage is None else replace(message, body=passage.text, passage=passage)


def _texts_alone(sources: Sources) -> dict[str, str]:
    """Return the Markdown files without settings by the name of the message that they may be."""
    made = {document.source.path for document in sources.documents}
    root = f"{sources.shown_folder}/" if sources.shown_folder else ""
    paths = [path.removeprefix(root) for path in sorted(set(sources.passages) - made)]
    return {PurePosixPath(path).stem: path for path in paths}


def _unused_texts(sources: Sources, messages: Iterable[Message]) -> Iterable[Diagnostic]:
    """Find included Markdown files without front matter that are no message's body."""
    used = {message.passage.source.path for message in messages if message.passage is not None}
    used |= {document.source.path for document in sources.documents}
    for path in sorted(set(sources.passages) - used):
        yield warning(
            "unused-text",
            f"nothing is made of {shown(path)}: it has no front matter, and no `body:` names it",
            Span.of_file(path),
            help="begin it with --- and the message's settings, or name it: `body: ...`",
        )


def _built_in_stages(main: Document, known: Declared) -> dict[str, Stage]:
    """Return the stages of a playbook that says none."""
    findings: list[Diagnostic] = []
    document = Document(main.source, {"stages": BUILT_IN_STAGES}, {})
    node = Node(document, ("stages",), BUILT_IN_STAGES, known, findings)
    stages: dict[str, Stage] = keys_of(Playbook)["stages"].metadata["kind"].read(node)
    assert not findings
    return stages


def _in_order(stages: dict[str, Stage]) -> dict[str, Stage]:
    ordered = [name for name in STAGES if name in stages]
    return {name: stages[name] for name in (*ordered, *sorted(set(stages) - set(ordered)))}


def _requirements(
    playbook: Playbook, documents: Sequence[Document], findings: list[Diagnostic]
) -> tuple[Any, ...]:
    """Return the lines of `require:`, typed."""
    read = []
    for document in documents:
        lines = _root(document).get("require")
        for index, _ in enumerate(lines if isinstance(lines, list) else ()):
            origin = Origin(document, ("require", index))
            place = document.places.get(origin.path)
            text = place.text if place is not None and place.text is not None else ""
            requirement = parse_requirement(text, origin, playbook.flows.keys(), playbook.decimals)
            if isinstance(requirement, Diagnostic):
                findings.append(requirement)
            else:
                read.append(requirement)
    return tuple(read)
