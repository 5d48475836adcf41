"""A YAML file as plain data, with a side table that knows where every key and value stands."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from playbook_compiler.source import SourceFile, Span
from playbook_compiler.values import dataclass

Data: TypeAlias = "bool | int | Decimal | str | list[Data] | dict[str, Data] | None"
Path: TypeAlias = tuple[str | int, ...]


class Place(NamedTuple):
    """Where one node stands.

    `value` covers the node (with its quotes), `key` the mapping key before it (None in lists and
    at the root). `text` is what a scalar says after unquoting; `plain` tells a scalar without
    quotes, whose n-th character is the n-th of its span as long as it stands on one line.
    """

    value: Span
    key: Span | None = None
    text: str | None = None
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """One file: `data` in plain Python values (numbers are int or Decimal, never float) and
    `places`, the side table from path to place. Mappings keep the author's order of keys.

    `tactic` names the tactic that it is written out of: its ids begin with that name and a slash,
    and the places of arguments lie in the file that gives them.
    """

    source: SourceFile
    data: Data
    places: Mapping[Path, Place]
    tactic: str = ""

    def span(self, path: Path) -> Span:
        """Return where the value at `path` stands, or its nearest known parent."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path].value if path in self.places else Span.of_file(self.source.path)

    def key_span(self, path: Path) -> Span:
        """Return where the key at `path` stands, or the value where it has none."""
        place = self.places.get(path)
        return place.key if place is not None and place.key is not None else self.span(path)

    def span_in(self, path: Path, start: int, end: int) -> Span:
        """Return the span of the characters [start, end) of the scalar at `path`.

        Exact for scalars that stand on one line without escapes and for blocks that begin with
        `|`; the whole scalar otherwise.
        """
        place = self.places.get(path)
        if place is None or place.text is None:
            return self.span(path)
        if place.value.file != self.source.path:  # an argument: its text is not at hand
            return place.value
        if place.value.line != place.value.end_line:
            return self._span_in_block(place.value, place.text, start, end) or place.value
        written = self.source.slice(place.value)
        if place.plain and written == place.text:
            return place.value.within(start, end)
        if written[1:-1] == place.text:
            return place.value.within(start + 1, end + 1)
        return place.value

    def _span_in_block(self, block: Span, text: str, start: int, end: int) -> Span | None:
        """Return the span of the characters [start, end) of a block scalar, None where its lines
        are not those of the file without their indentation."""
        written = self.source.lines[block.line : block.end_line]
        said = text.rstrip("\n").split("\n")
        if not self.source.lines[block.line - 1][block.column - 1 :].startswith("|"):
            return None
        pairs = list(zip(said, written, strict=False))
        indent = next((len(there) - len(line) for line, there in pairs if line), 0)
        same = all(there[indent:] == line for line, there in pairs if line)
        if len(said) > len(written) or not same:
            return None
        line, column = _place_in(text, start)
        end_line, end_column = _place_in(text, end)
        first = block.line + 1
        return Span(
            block.file,
            first + line,
            column + indent + 1,
            first + end_line,
            end_column + indent + 1,
        )


def _place_in(text: str, index: int) -> tuple[int, int]:
    """Return the line and column of a character, both from 0."""
    before = text[:index]
    return before.count("\n"), len(before) - (before.rfind("\n") + 1)
