"""Data and places from YAML events, one node after the other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from playbook_compiler import marks, refusals
from playbook_compiler.characters import forbidden_in_value, key_problem, mixed_script
from playbook_compiler.decimal_comma import cut_number, is_cut_item, is_cut_number
from playbook_compiler.diagnostics import Diagnostic, Fix
from playbook_compiler.document import Data, Path, Place
from playbook_compiler.lost_keys import (
    full_width_colon,
    missing_space,
    starts_with_full_width_colon,
)
from playbook_compiler.refusals import RefusedError
from playbook_compiler.scalars import is_text_key, read_plain
from playbook_compiler.source import SourceFile, Span
from playbook_compiler.syntax_errors import (
    key_too_long,
    second_document,
)
from playbook_compiler.values import dataclass, field

_ID_LIKE = re.compile(r"[\w./-]+")
_GLUED = re.compile(r"[A-Za-z_][\w.-]*:(?=.)")

_SEARCHES = 50
# Keys that hold steps: what is written twice in them was meant as two items.
_LISTS = frozenset({"steps", "then", "else", "happened", "timed_out"})

# A path element that no author can write: what stands under it is checked but not kept.
_UNKEPT = -1


_BLOCK = frozenset("|>")
_PROPERTY = frozenset("&!")
_BRACKET = frozenset("[{")
# A span made of all its numbers, without the call that a class by itself takes.
_new = tuple.__new__

# What the log has for a collection until its end is known.
_PENDING = Place(Span.of_file(""))


@dataclass(slots=True)
class Anchor:
    """A named node: its path, and the stretch of the log that it fills (end 0 while open)."""

    path: Path
    start: int
    data: Data = None
    end: int = 0


class Key(NamedTuple):
    """A mapping key: its text in Unicode's composed form (NFC), and how it was written."""

    name: str
    span: Span
    plain: bool


@dataclass(slots=True)
class Builder:
    """The state of one reading; `read` returns the next event.

    `log` has the place of every node before those of its children, so that a subtree is one
    stretch of it: that is what an alias repeats. `end` is where the last node ended.
    """

    source: SourceFile
    read: Callable[[], Any]
    found: list[Diagnostic]
    log: list[tuple[Path, Place]] = field(default_factory=list)
    anchors: dict[str, Anchor] = field(default_factory=dict)
    merging: set[int] = field(default_factory=set)
    known_keys: set[str] = field(default_factory=set)
    brackets: list[Span] = field(default_factory=list)
    last_scalar: Span | None = None
    end: tuple[int, int] = (1, 1)
    expanded: int = 0
    unkept: bool = False
    file: str = field(init=False)
    text: str = field(init=False)
    last_line: int = field(init=False)

    def __post_init__(self) -> None:
        self.file, self.text = self.source.path, self.source.text
        self.last_line = len(self.source.lines)

    def places(self) -> dict[Path, Place]:
        """Return the side table of all that was read."""
        if self.unkept:
            return {path: place for path, place in self.log if _UNKEPT not in path}
        return dict(self.log)

    def document(self) -> dict[str, Data] | None:
        """Return the root mapping; None, with an error, where the file has another root."""
        self.read()  # the start of the stream
        event = self.read()
        if type(event) is StreamEndEvent:
            self.found.append(refusals.no_content(Span.of_file(self.file)))
            return None
        data = self.node(self.read(), (), 1, None)
        self.read()  # the end of the document
        event = self.read()
        if type(event) is DocumentStartEvent:
            raise RefusedError(second_document(self.span(event)))
        if isinstance(data, dict):
            return data
        if data is None:
            self.found.append(refusals.no_content(Span.of_file(self.file)))
        else:
            kind = "a list" if isinstance(data, list) else "text"
            self.found.append(refusals.not_a_mapping(kind, self.log[0][1].value))
        return None

    def node(self, event: Any, path: Path, depth: int, key: Span | None) -> Data:
        """Return the data of the node that `event` begins; its place is logged under `path`."""
        kind = type(event)
        start = len(self.log)
        if start >= refusals.NODE_LIMIT:
            raise RefusedError(refusals.too_many_nodes(self.span(event)))
        if kind is AliasEvent:
            return self.alias(event, path, key)
        if event.anchor is None:
            if kind is ScalarEvent:
                return self.scalar(event, path, key)
            return self.collection(event, path, depth, key)
        anchor = self.anchors[event.anchor] = Anchor(path, start)
        if kind is ScalarEvent:
            anchor.data = self.scalar(event, path, key)
        else:
            anchor.data = self.collection(event, path, depth, key)
        anchor.end = len(self.log)
        return anchor.data

    def scalar(self, event: Any, path: Path, key: Span | None) -> Data:
        """Return the value of a scalar: text where it is quoted, by the core schema where not."""
        text: str = event.value
        span = self.scalar_span(event)
        style = event.style
        self.last_scalar = span
        self.log.append((path, _new(Place, (span, key, text, not style))))
        if style:
            if style == '"':
                self.check_escapes(text, span)
            return text
        data, complaint = read_plain(text)
        if complaint is not None:
            fix = None if complaint.replacement is None else Fix(span, complaint.replacement)
            rule, severity, message = complaint.rule, complaint.severity, complaint.message
            self.found.append(
                Diagnostic(
                    rule, severity, message, span, complaint.caption, complaint.help, fix=fix
                )
            )
        elif not text.isascii():
            self.check_letters(text, span, key)
        return data

    def collection(self, event: Any, path: Path, depth: int, key: Span | None) -> Data:
        """Return a list or mapping, its span without the comments that follow a block."""
        if depth > refusals.DEPTH_LIMIT:
            raise RefusedError(refusals.too_deep(self.span(event)))
        mark = event.start_mark
        begin = mark.index
        line, column = mark.line + 1, mark.column + 1
        if event.anchor is not None or event.tag is not None or not event.implicit:
            self.refuse_tag(event)
            line, column = marks.after_properties(self.source, mark, len(self.text))
        self.end = (line, column)
        slot = len(self.log)
        self.log.append((path, _PENDING))
        # The mappings in `[a: 1]` and `[? a]` have no bracket of their own.
        bracketed = False
        if event.flow_style:
            begun = event.end_mark.index
            bracketed = begin != begun and self.text[begun - 1] in _BRACKET
        if bracketed:
            self.brackets.append(Span(self.file, line, column, line, column + 1))
        data: Data
        if type(event) is SequenceStartEvent:
            data, end = self.sequence(path, depth, bool(event.flow_style))
        else:
            data, end = self.mapping(path, depth, bool(event.flow_style))
        if bracketed:
            self.brackets.pop()
        mark = end.end_mark
        if end.start_mark.index != mark.index:  # a closing bracket; a block has none
            self.end = (mark.line + 1, mark.column + 1)
        span = _new(Span, (self.file, line, column, *self.end))
        self.log[slot] = (path, _new(Place, (span, key, None, False)))
        return data

    def sequence(self, path: Path, depth: int, flow: bool) -> tuple[list[Data], Any]:
        """Return the items up to the end of a list, and its last event."""
        data: list[Data] = []
        item: Any = None
        event = self.read()
        while type(event) is not SequenceEndEvent:
            if flow and is_cut_item(item, event, self.text):
                event, problem = cut_number(self.source, self.read, item, event, None)
                self.found.append(problem)
                continue
            data.append(self.node(event, (*path, len(data)), depth + 1, None))
            item, event = event, self.read()
        return data, event

    def mapping(self, path: Path, depth: int, flow: bool) -> tuple[dict[str, Data], Any]:
        """Return the pairs up to the end of a mapping, and its last event."""
        data: dict[str, Data] = {}
        first: dict[str, Span] = {}
        merges: list[tuple[int, int, dict[str, Data]]] = []
        value: Any = None
        key: Key | None = None
        read, known = self.read, self.known_keys
        event = read()
        while type(event) is not MappingEndEvent:
            if flow and is_cut_number(value, event, self.text):
                name = key.name if key is not None else ""
                event, problem = cut_number(self.source, self.read, value, event, name)
                self.found.append(problem)
                continue
            if (
                type(event) is ScalarEvent
                and event.value in known
                and not event.style
                and event.anchor is None
            ):
                key = _new(Key, (event.value, self.scalar_span(event), True))
            else:
                key = self.key(event, path, depth)
            value = read()
            if key is None:
                self.unkept = True
                self.node(value, (*path, _UNKEPT), depth + 1, None)
            elif key.name == "<<" and key.plain:
                merge = self.merge(value, path, depth, key.span)
                if merge is not None:
                    merges.append(merge)
            else:
                name = key.name
                span = key.span
                if name in first:
                    self.found.append(self.duplicate(path, name, first[name], span))
                else:
                    first[name] = span
                data[name] = made = self.node(value, (*path, name), depth + 1, span)
                if made is None and key.plain and ":" in name:
                    self.check_glued(name, span)
            event = read()
        for start, stop, pairs in merges:
            self.copy_merged(start, stop, pairs, path, data)
        if merges:
            self.merging.add(id(data))
        return data, event

    def key(self, event: Any, path: Path, depth: int) -> Key | None:
        """Return a key as text, None after an error where it is something else."""
        if type(event) is not ScalarEvent:
            span = self.span(event)
            self.unkept = True
            self.node(event, (*path, _UNKEPT), depth + 1, None)
            whole = Span(span.file, span.line, span.column, *self.end)
            self.found.append(refusals.key_not_text(self.source.slice(whole), whole))
            return None
        text: str = event.value
        span = self.scalar_span(event)
        plain = not event.style
        if event.anchor is not None:
            anchor = self.anchors[event.anchor] = Anchor((*path, _UNKEPT), len(self.log), text)
            self.log.append((anchor.path, Place(span, None, text, plain)))
            anchor.end = len(self.log)
            self.unkept = True
        if plain:
            complaint = read_plain(text)[1]
            if not is_text_key(text):
                self.found.append(refusals.key_not_text(text, span))
            elif complaint is not None and complaint.rule != "not-a-date":
                self.found.append(refusals.about_key(complaint, text, span))
            elif text.isascii() and len(text) <= refusals.KEY_LIMIT:
                self.known_keys.add(text)
        elif not text:
            self.found.append(refusals.empty_key(span))
        elif event.style == '"':
            self.check_escapes(text, span)
        if len(text) > refusals.KEY_LIMIT:
            self.found.append(key_too_long(span))
        if not text.isascii():
            problem = key_problem(text, span)
            if problem is not None:
                self.found.append(problem)
            text = unicodedata.normalize("NFC", text)
        return Key(text, span, plain)

    def duplicate(self, path: Path, name: str, first: Span, second: Span) -> Diagnostic:
        """Return the error for a key set twice."""
        if path and path[-1] in _LISTS:
            return refusals.keys_for_items(str(path[-1]), name, first, second)
        composed = [
            unicodedata.is_normalized("NFC", self.source.slice(span)) for span in (first, second)
        ]
        return refusals.duplicate_key(name, composed[0] != composed[1], first, second)

    def alias(self, event: Any, path: Path, key: Span | None) -> Data:
        """Return what an alias stands for; its places point into the anchored block."""
        span = self.span(event)
        self.end = (span.end_line, span.end_column)
        name: str = event.anchor
        anchor = self.anchors.get(name)
        if anchor is None or not anchor.end:
            self.log.append((path, Place(span, key)))
            if anchor is None:
                # Not worth a search among thousands, or the thousandth time.
                search = len(self.found) < _SEARCHES and len(self.anchors) < 10 * _SEARCHES
                known = sorted(self.anchors) if search else []
                self.found.append(refusals.undefined_alias(name, known, f"*{name}", span))
            else:
                self.found.append(refusals.cyclic_alias(name, span))
            return None
        self.expand(anchor.end - anchor.start, span)
        text = self.log[anchor.start][1].text
        self.log.append((path, Place(span, key, text)))
        depth = len(anchor.path)
        for index in range(anchor.start + 1, anchor.end):
            below, place = self.log[index]
            self.log.append(((*path, *below[depth:]), place))
        return anchor.data

    def expand(self, size: int, span: Span) -> None:
        """Count nodes that an alias repeats; stop at the limit."""
        self.expanded += size
        if self.expanded > refusals.ALIAS_LIMIT:
            raise RefusedError(refusals.too_many_aliases(span))

    def merge(
        self, event: Any, path: Path, depth: int, key: Span
    ) -> tuple[int, int, dict[str, Data]] | None:
        """Return where the log has the block that `<<` takes in, and its pairs."""
        start = len(self.log)
        self.unkept = True
        opened = self.span(event)
        if type(event) is SequenceStartEvent:
            self.found.append(
                refusals.bad_merge(
                    Span(opened.file, opened.line, opened.column, opened.line, opened.column + 1)
                )
            )
        data = self.node(event, (*path, _UNKEPT), depth + 1, key)
        if isinstance(data, dict) and id(data) not in self.merging:
            return start, len(self.log), data
        if type(event) is not SequenceStartEvent:
            self.found.append(refusals.bad_merge(self.log[start][1].value))
        return None

    def copy_merged(
        self, start: int, stop: int, pairs: dict[str, Data], path: Path, data: dict[str, Data]
    ) -> None:
        """Add the pairs of a merged block that the mapping does not set itself."""
        missing = [name for name in pairs if name not in data]
        data.update((name, pairs[name]) for name in missing)
        below = len(path) + 1
        for index in range(start + 1, stop):
            place_path, place = self.log[index]
            if place_path[below] in missing:
                self.log.append(((*path, *place_path[below:]), place))

    def check_escapes(self, text: str, span: Span) -> None:
        """Report a forbidden character that stands in the file as an escape only."""
        char = None if text.isprintable() else forbidden_in_value(text)
        if char is not None:
            self.found.append(refusals.bad_escape(ord(char), span))

    def check_letters(self, text: str, span: Span, key: Span | None) -> None:
        """Report an id of mixed scripts, and a key whose colon is a full-width one."""
        if "：" in text and (key is None or key.line != span.line):
            index = starts_with_full_width_colon(text)
            if index is not None and "\n" not in text[:index]:
                self.found.append(full_width_colon(_first_line_part(span, index, index + 1)))
        elif _ID_LIKE.fullmatch(text):
            problem = mixed_script(text, span)
            if problem is not None:
                self.found.append(problem)

    def check_glued(self, name: str, span: Span) -> None:
        """Report `{key:value}`, which is a key without a value."""
        glued = _GLUED.match(name)
        if glued is not None:
            self.found.append(missing_space(_first_line_part(span, 0, glued.end())))

    def span(self, event: Any) -> Span:
        """Return the span of an event as libyaml marks it."""
        return marks.span_of(self.source, event)

    def scalar_span(self, event: Any) -> Span:
        """Return the span of a scalar's text; a tag before it is an error."""
        start, end = event.start_mark, event.end_mark
        index = start.index
        end_line, end_column = end.line + 1, end.column + 1
        if (
            end_line > self.last_line
            or event.style in _BLOCK
            or (index != end.index and self.text[index] in _PROPERTY)
        ):
            span = marks.scalar_span(self.source, event)
            if marks.has_properties(self.source, event):
                self.refuse_tag(event)
            self.end = (span.end_line, span.end_column)
            return span
        self.end = (end_line, end_column)
        return _new(Span, (self.file, start.line + 1, start.column + 1, end_line, end_column))

    def refuse_tag(self, event: Any) -> None:
        """Report the tag before a node, if it has one."""
        span = marks.tag_before(self.source, event.start_mark)
        if span is not None:
            self.found.append(refusals.tag_not_allowed(self.source.slice(span), span))


def _first_line_part(span: Span, start: int, end: int) -> Span:
    """Return the characters [start, end) of the first line that a span covers."""
    return Span(span.file, span.line, span.column + start, span.line, span.column + end)
