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

        Exact for scalars that stand on one line without escapes; the whole scalar otherwise.
        """
        place = self.places.get(path)
        if place is None or place.text is None or place.value.line != place.value.end_line:
            return self.span(path)
        if place.value.file != self.source.path:  # an argument: its text is not at hand
            return place.value
        written = self.source.slice(place.value)
        if place.plain and written == place.text:
            return place.value.within(start, end)
        if written[1:-1] == place.text:
            return place.value.within(start + 1, end + 1)
        return place.value
