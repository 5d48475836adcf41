"""products.csv as a document with the section `products`, so that it is read as YAML is.

The first row names the columns: `sku` (or `product`) and any of `name`, `category`, `lasts`,
`goes_with` (several with `|` between them), `price`, `margin`. Commas or semicolons separate.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import Final

from playbook_compiler.diagnostics import Diagnostic, Label, error, has_errors, shown, warning
from playbook_compiler.document import Data, Document, Path, Place
from playbook_compiler.products import Product
from playbook_compiler.reading import did_you_mean
from playbook_compiler.records import keys_of
from playbook_compiler.source import SourceFile, Span

KEY_COLUMNS: Final = ("sku", "product")
_SECTION: Final = "products"
_MANY: Final = "goes_with"
_EXAMPLE: Final = "sku,name,category,lasts,goes_with"


def product_document(source: SourceFile) -> tuple[Document | None, list[Diagnostic]]:
    """Return the rows of a CSV file as a document, or None where it cannot be read as one."""
    findings: list[Diagnostic] = []
    rows = _rows(source, findings)
    header = next(rows, None)
    if header is None or has_errors(findings):
        if not findings:
            findings.append(_no_key(Span.of_file(source.path), ()))
        return None, findings
    columns = [name.strip().lower().replace(" ", "_") for name in header[1]]
    key = next((name for name in KEY_COLUMNS if name in columns), None)
    findings.extend(_columns(header[0], columns, key))
    if key is None or has_errors(findings):
        return None, findings
    read = frozenset(keys_of(Product))
    products: dict[str, Data] = {}
    places: dict[Path, Place] = {(_SECTION,): Place(header[0])}
    for span, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            findings.append(_ragged(span, len(columns), len(cells)))
            continue
        named = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
        sku = named[key]
        if not sku:
            findings.append(
                error("missing-key", f"a row without `{key}`", span, caption=f"expected a {key}")
            )
        elif sku in products:
            findings.append(_twice(sku, span, places[_SECTION, sku].value))
        else:
            products[sku] = _product(
                sku, {name: named[name] for name in columns if name in read}, span, places
            )
    if has_errors(findings):
        return None, findings
    return Document(source, {_SECTION: products}, places), findings


def _rows(source: SourceFile, findings: list[Diagnostic]) -> Iterator[tuple[Span, list[str]]]:
    """Yield each row with its place: from the first line it stands on to the last."""
    first = source.lines[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    # Not splitlines: only LF, CRLF and CR end a line here.
    reader = csv.reader((f"{line}\n" for line in source.lines), delimiter=delimiter, strict=True)
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as problem:
            findings.append(
                error(
                    "bad-csv",
                    f"this row is no CSV: {shown(problem)}",
                    _lines(source, start, max(start, reader.line_num)),
                    caption="cannot be read",
                    help='put a text that has commas or quotes in "quotes", and double those in it',
                )
            )
            return
        if cells is None:
            return
        if cells:
            yield _lines(source, start, reader.line_num), cells


def _lines(source: SourceFile, first: int, last: int) -> Span:
    last = min(last, len(source.lines))
    return Span(source.path, first, 1, last, len(source.lines[last - 1]) + 1)


def _columns(span: Span, columns: Sequence[str], key: str | None) -> Iterator[Diagnostic]:
    known = [*KEY_COLUMNS, *keys_of(Product)]
    twice = sorted({name for name in columns if name in known and columns.count(name) > 1})
    if twice:
        yield error(
            "duplicate-key",
            f"the column `{twice[0]}` stands in the file twice",
            span,
            caption="which of the two?",
            help="rename or remove one of them",
        )
    if key is None:
        yield _no_key(span, columns)
    unread = [name for name in columns if name not in known]
    if unread and key is not None:
        guess = next((hint for name in unread if (hint := did_you_mean(name, known))), "")
        yield warning(
            "unread-column",
            f"not read of this file: {', '.join(f'`{shown(name)}`' for name in unread)}",
            span,
            caption="columns of no meaning here",
            help=guess or f"columns that are read: {', '.join(known)}",
        )


def _no_key(span: Span, columns: Sequence[str]) -> Diagnostic:
    found = f", found {', '.join(f'`{shown(name)}`' for name in columns)}" if columns else ""
    return error(
        "missing-key",
        f"a file of products needs the column `sku`{found}",
        span,
        caption="expected the names of the columns",
        help=f"the first row is, for example: {_EXAMPLE}",
    )


def _ragged(span: Span, expected: int, found: int) -> Diagnostic:
    return error(
        "bad-csv",
        f"row {span.line} has {found} cells, and the first row names {expected} columns",
        span,
        caption=f"expected {expected} cells",
        help='put a text that has commas in "quotes"; leave a cell empty, but keep its comma',
    )


def _twice(sku: str, span: Span, first: Span) -> Diagnostic:
    return error(
        "duplicate-key",
        f"the product `{shown(sku)}` stands in the file twice",
        span,
        caption="again here",
        help="remove one of the two rows",
        labels=(Label(first, "first here"),),
    )


def _product(sku: str, named: dict[str, str], span: Span, places: dict[Path, Place]) -> Data:
    """Return the cells of a row as a mapping, and note where they stand: all in their row."""
    product: dict[str, Data] = {}
    path: Path = (_SECTION, sku)
    places[path] = Place(span, span)
    for name, cell in named.items():
        if not cell:
            continue
        if name == _MANY:
            many = [one.strip() for one in cell.split("|") if one.strip()]
            product[name] = list(many)
            for index, one in enumerate(many):
                places[*path, name, index] = Place(span, None, one)
        else:
            product[name] = cell
        places[*path, name] = Place(span, span, None if name == _MANY else cell)
    return product
