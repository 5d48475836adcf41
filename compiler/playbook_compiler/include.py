"""The files of a playbook: the folder or file that was named, and what `include:` joins to it.

Files stay inside the folder of the main file: absolute paths, `..` and symbolic links that lead out
are refused. The order of files never matters: they are sorted by path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from playbook_compiler.decode import FILE_LIMIT_BYTES, decode
from playbook_compiler.diagnostics import (
    Diagnostic,
    Fix,
    error,
    has_errors,
    nearest,
    shown,
    warning,
)
from playbook_compiler.document import Document
from playbook_compiler.fixes import is_clear, rewritten
from playbook_compiler.front_matter import MARKDOWN, body_of, read_message
from playbook_compiler.parse import parse
from playbook_compiler.refusals import merge_conflict
from playbook_compiler.source import Passage, SourceFile, Span
from playbook_compiler.values import dataclass, field, replace

MAIN_NAMES = ("playbook.yaml", "playbook.yml")
YAML = (".yaml", ".yml")
FILES_LIMIT = 2_000
_BODY_FILES = (".md", ".txt", ".html", ".mjml")
_CONFLICT = re.compile(
    r"^(?P<mark><{7}(?: [^\r\n]*)?)$(?s:(?!^<{7} ).)*?^={7}$(?s:.)*?^>{7}(?: |$)", re.MULTILINE
)
_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Sources:
    """What was read: `documents`, the main file first and the others by path; `passages`, the
    bodies of Markdown files by path; `files`, all texts, to show findings in; `given`, contents
    that stand for those of files on disk, by the path that findings show."""

    folder: Path
    shown_folder: str
    documents: tuple[Document, ...]
    passages: dict[str, Passage]
    files: tuple[SourceFile, ...]
    given: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def main(self) -> Document:
        """The document of playbook.yaml, or of the one file that was named."""
        return self.documents[0]


@dataclass(slots=True)
class _Reading:
    """The state of one reading: what was read so far, by path from the folder."""

    folder: Path
    shown_folder: str
    given: Mapping[str, bytes] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    passages: dict[str, Passage] = field(default_factory=dict)
    files: dict[str, SourceFile] = field(default_factory=dict)
    findings: list[Diagnostic] = field(default_factory=list)


def read_sources(
    path: str, given: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[Sources | None, list[SourceFile], list[Diagnostic]]:
    """Return the files of the playbook at `path`, a folder or a file.

    The second value holds every text that could be read, also where the first is None. `given`
    holds contents that are read instead of those on disk, by the path that findings show.
    """
    main, findings = (Path(path), []) if _shown(path) in given else _locate(path)
    if main is None:
        return None, [], findings
    shown_folder = _shown(path) if Path(path).is_dir() else _shown(str(Path(path).parent))
    reading = _Reading(main.parent, "" if shown_folder == "." else shown_folder, given)
    _read_yaml(reading, main.name, (), None)
    files = list(reading.files.values())
    if has_errors(reading.findings) or main.name not in reading.documents:
        return None, files, reading.findings
    others = sorted(name for name in reading.documents if name != main.name)
    documents = tuple(reading.documents[name] for name in (main.name, *others))
    passages = {_path(reading, name): passage for name, passage in reading.passages.items()}
    sources = Sources(main.parent, reading.shown_folder, documents, passages, tuple(files), given)
    return sources, files, reading.findings


def read_bodies(sources: Sources) -> tuple[Sources, list[Diagnostic]]:
    """Return the sources with the files that `body:` of messages names, as passages and files."""
    reading = _Reading(sources.folder, sources.shown_folder, sources.given)
    reading.files.update((source.path, source) for source in sources.files)
    passages = dict(sources.passages)
    for document in sources.documents:
        for name, span in _bodies(document):
            path, key = _inside(reading, name, span), _path(reading, name)
            if path is None:
                continue
            if key not in passages:
                source = _read_text(reading, name, path, span)
                if source is None:
                    continue
                passages[key] = body_of(source)
            if passages[key].start and key not in sources.passages:
                # Its settings would be lost in silence.
                reading.findings.append(
                    error(
                        "settings-in-body",
                        f"`{shown(name)}` has settings of its own above its text",
                        span,
                        caption="expected a text alone",
                        help="`include` the file as a message instead, or remove its front matter",
                    )
                )
    files = tuple(reading.files.values())
    return replace(sources, passages=passages, files=files), reading.findings


def body_in(sources: Sources, body: str) -> Passage | None:
    """Return the text of the file that a message's `body` names; None where it is a text itself."""
    reading = _Reading(sources.folder, sources.shown_folder)
    return sources.passages.get(_path(reading, body)) if _is_body_file(body) else None


def _bodies(document: Document) -> Iterator[tuple[str, Span]]:
    """Yield the files that the messages of a document take their text from."""
    root = document.data if isinstance(document.data, dict) else {}
    messages = root.get("messages")
    for name, message in messages.items() if isinstance(messages, dict) else ():
        body = message.get("body") if isinstance(message, dict) else None
        if isinstance(body, str) and _is_body_file(body):
            yield body, document.span(("messages", name, "body"))


def _is_body_file(body: str) -> bool:
    return body.endswith(_BODY_FILES) and not any(char.isspace() for char in body)


def read_text(sources: Sources, name: str) -> tuple[SourceFile | None, list[Diagnostic]]:
    """Return the text of the file `name` of the playbook's folder, such as a tactic of its own."""
    reading = _Reading(sources.folder, sources.shown_folder, sources.given)
    path = _inside(reading, name, Span.of_file(_path(reading, name)))
    source = None if path is None else _read_text(reading, name, path, None)
    return source, reading.findings


def _locate(path: str) -> tuple[Path | None, list[Diagnostic]]:
    """Return the main file of the playbook at `path`."""
    place = Path(path)
    whole = Span.of_file(_shown(path))
    try:
        if place.is_file():
            return place, []
        if not place.is_dir():
            if place.exists():
                return None, [error("not-a-file", f"`{shown(path)}` is no file", whole)]
            return None, [
                error(
                    "no-such-path",
                    f"there is no file or folder `{shown(path)}`",
                    whole,
                    help="name the folder that holds playbook.yaml, or one file",
                )
            ]
        found = [place / name for name in MAIN_NAMES if (place / name).is_file()]
        if len(found) == 1:
            return found[0], []
        if found:
            return None, [
                error(
                    "two-main-files",
                    f"`{shown(path)}` has both {' and '.join(MAIN_NAMES)}",
                    whole,
                    help="keep one of them",
                )
            ]
        others = sorted(one.name for one in place.iterdir() if one.suffix in YAML)
    except (OSError, ValueError) as problem:
        return None, [_unreadable(_shown(path), problem, whole)]
    start = f"name a file: `{shown(str(place / others[0]))}`" if others else ""
    return None, [
        error(
            "no-playbook",
            f"the folder `{shown(path)}` has no playbook.yaml",
            whole,
            help=start or "a playbook is a folder with playbook.yaml, or a single file",
        )
    ]


def _read_yaml(reading: _Reading, name: str, above: tuple[str, ...], span: Span | None) -> None:
    """Read a YAML file and what it includes; `above` are the files that include it."""
    if name in reading.documents or name in reading.files:
        return
    source = _read_text(reading, name, reading.folder / name, span)
    if source is None:
        return
    document, found = parse(source)
    reading.findings.extend(found)
    if document is None or not isinstance(document.data, dict):
        return
    reading.documents[name] = document
    _read_products(reading, document)
    for pattern, place in _patterns(reading, document):
        for included in _matches(reading, pattern, name, place):
            if included in (*above, name):
                reading.findings.append(_cycle((*above, name), included, place))
            elif included.endswith(MARKDOWN):
                _read_markdown(reading, included, place)
            else:
                _read_yaml(reading, included, (*above, name), place)


def _read_products(reading: _Reading, document: Document) -> None:
    """Read the CSV file that `products:` names, as a document of its own."""
    assert isinstance(document.data, dict)
    name, span = document.data.get("products"), document.span(("products",))
    if not isinstance(name, str):
        return
    from playbook_compiler.product_file import product_document  # few playbooks have a table

    path = _inside(reading, name, span)
    file = PurePosixPath(name).as_posix()
    if path is None or file in reading.files:
        return
    if not file.endswith(".csv"):
        reading.findings.append(
            error(
                "bad-include",
                f"`{shown(name)}` is no CSV file",
                span,
                caption="expected products.csv",
                help="save the table as CSV (UTF-8), or list the products here",
            )
        )
        return
    source = _read_text(reading, file, path, span)
    if source is not None:
        table, found = product_document(source)
        reading.findings.extend(found)
        if table is not None:
            reading.documents[file] = table


def _patterns(reading: _Reading, document: Document) -> Iterator[tuple[str, Span]]:
    """Return what a document's `include:` lists, each with its place."""
    assert isinstance(document.data, dict)
    if "include" not in document.data:
        return
    data = document.data["include"]
    listed = data if isinstance(data, list) else [data]
    for index, pattern in enumerate(listed):
        path = ("include", index) if isinstance(data, list) else ("include",)
        if isinstance(pattern, str) and pattern.strip():
            yield pattern, document.span(path)
        else:
            reading.findings.append(
                error(
                    "wrong-shape",
                    "expected a file or a pattern such as flows/*.yaml",
                    document.span(path),
                    caption="expected a path",
                )
            )


def _matches(reading: _Reading, pattern: str, includer: str, span: Span) -> list[str]:
    """Return the files of the folder that a pattern means, sorted."""
    if not _GLOB.search(pattern):
        path = _inside(reading, pattern, span)
        name = PurePosixPath(pattern).as_posix()
        return [name] if path is not None and _is_kind(reading, name, span) else []
    if _leads_out(pattern):
        reading.findings.append(_outside(pattern, span))
        return []
    try:
        found = [
            path.relative_to(reading.folder).as_posix()
            for path in reading.folder.glob(pattern)
            if not path.is_dir() and not path.name.startswith(".")
        ]
    except (ValueError, OSError) as problem:
        reading.findings.append(
            error("bad-include", f"`{shown(pattern)}` is no pattern: {problem}", span)
        )
        return []
    names = sorted(set(found) - {includer})
    if not names:
        reading.findings.append(
            warning(
                "include-finds-nothing",
                f"no file matches `{shown(pattern)}`",
                span,
                caption="nothing is included",
                help="patterns are read from the folder of the main file",
            )
        )
    return [
        name
        for name in names
        if _inside(reading, name, span) is not None and _is_kind(reading, name, span)
    ]


def _is_kind(reading: _Reading, name: str, span: Span) -> bool:
    if name.endswith((*YAML, MARKDOWN)):
        return True
    reading.findings.append(
        error(
            "bad-include",
            f"`{shown(name)}` is neither YAML nor Markdown",
            span,
            caption="expected .yaml, .yml or .md",
        )
    )
    return False


def _leads_out(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name


def _outside(name: str, span: Span) -> Diagnostic:
    return error(
        "path-outside",
        f"`{shown(name)}` leads out of the playbook's folder",
        span,
        caption="expected a path inside the folder",
        help="copy the file into the folder and write its path from there, with /",
    )


def _inside(reading: _Reading, name: str, span: Span) -> Path | None:
    """Return the file `name` of the folder, or None after noting why it may not be read."""
    if _leads_out(name):
        reading.findings.append(_outside(name, span))
        return None
    path = reading.folder / name
    try:
        real, root = path.resolve(), reading.folder.resolve()
        if not real.is_relative_to(root):
            reading.findings.append(_outside(name, span))
            return None
        if real.is_file():
            return path
        beside = sorted(one.name for one in path.parent.iterdir()) if path.parent.is_dir() else []
    except (OSError, RuntimeError) as problem:  # a loop of links is a RuntimeError before 3.13
        reading.findings.append(_unreadable(_path(reading, name), problem, span))
        return None
    guess = nearest(path.name, beside)
    near = PurePosixPath(name).with_name(guess).as_posix() if guess else ""
    reading.findings.append(
        error(
            "no-such-file",
            f"there is no file `{shown(name)}` in the playbook's folder",
            span,
            caption="expected a file",
            help=f"did you mean `{shown(near)}`?" if near else "",
            fix=_renamed(reading, span, name, near) if near else None,
        )
    )
    return None


def _renamed(reading: _Reading, span: Span, name: str, near: str) -> Fix | None:
    """Return the edit that names another file, where the text that names it is one of ours."""
    source = next((one for one in reading.files.values() if one.path == span.file), None)
    return (
        rewritten(source, span, name, near, safe=is_clear(name, near, [near])) if source else None
    )


def _read_text(reading: _Reading, name: str, path: Path, span: Span | None) -> SourceFile | None:
    """Return the text of a file, noted among the files; no more than the limit is read of it."""
    whole = Span.of_file(_path(reading, name))
    if len(reading.files) >= FILES_LIMIT:
        reading.findings.append(
            error("too-many-files", f"a playbook has at most {FILES_LIMIT:,} files", span or whole)
        )
        return None
    try:
        if whole.file in reading.given:
            raw = reading.given[whole.file]
        else:
            with path.open("rb") as file:
                raw = file.read(FILE_LIMIT_BYTES + 1)
    except OSError as problem:
        reading.findings.append(_unreadable(whole.file, problem, span or whole))
        return None
    source, found = decode(whole.file, raw)
    if source is not None and b"<<<<<<<" in raw:
        found = [*found, *_conflicts(source)]
    reading.findings.extend(found)
    if source is not None:
        reading.files[name] = source
    return None if has_errors(found) else source


def _conflicts(source: SourceFile) -> Iterator[Diagnostic]:
    """Find the places that git could not merge and left for its user to."""
    for conflict in _CONFLICT.finditer(source.text):
        yield merge_conflict(source.span_at(*conflict.span("mark")))


def _read_markdown(reading: _Reading, name: str, span: Span) -> None:
    """Read a message in a file of its own."""
    if name in reading.files:
        return
    source = _read_text(reading, name, reading.folder / name, span)
    if source is None:
        return
    document, passage, found = read_message(source)
    reading.findings.extend(found)
    if document is not None:
        reading.documents[name] = document
    if passage is not None:
        reading.passages[name] = passage


def _cycle(chain: tuple[str, ...], name: str, span: Span) -> Diagnostic:
    ring = " -> ".join((*chain[chain.index(name) :], name))
    return error(
        "include-cycle",
        f"files include each other in a circle: {shown(ring)}",
        span,
        caption="already being included",
        help="remove this line: a file that is included once is known everywhere",
    )


def _unreadable(name: str, problem: Exception, span: Span) -> Diagnostic:
    reason = problem.strerror if isinstance(problem, OSError) else str(problem)
    return error("unreadable-file", f"`{shown(name)}` cannot be read: {shown(reason)}", span)


def _path(reading: _Reading, name: str) -> str:
    return (PurePosixPath(reading.shown_folder) / _shown(name)).as_posix()


def _shown(path: str) -> str:
    """Return a path as text that can be printed: bytes that are no UTF-8 become marks."""
    text = path.encode("utf-8", "replace").decode("utf-8")
    return PurePosixPath(text.replace("\\", "/")).as_posix()
