"""The items as CSV, for a table in which people tick things off; no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final

from playbook_compiler.export.bundle import relative_to_folder
from playbook_compiler.inert import csv_cell
from playbook_compiler.targets.manual.items import Section, numbered

HEADER: Final = ("number", "section", "what to do", "file", "playbook", "line", "done")


def spreadsheet(root: str, sections: Sequence[Section]) -> str:
    """Return a row for each item; the ways of a flow are rows, too, with nothing to be done."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for _, _, items in numbered(sections):
        for one in items:
            item = one.item
            cells = (
                one.number,
                " / ".join(one.headings),
                item.text,
                item.file,
                relative_to_folder(item.span.file, root),
                str(item.span.line),
                "-" if item.is_way else "",
            )
            writer.writerow([csv_cell(" ".join(cell.split())) for cell in cells])
    return text.getvalue()
