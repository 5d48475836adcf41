"""The items as a Markdown checklist."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from playbook_compiler.export.bundle import relative_to_folder
from playbook_compiler.inert import markdown, markdown_code, markdown_line
from playbook_compiler.targets.manual.items import Numbered, Section, numbered


def checklist(name: str, root: str, sections: Sequence[Section]) -> str:
    """Return the checklist; `root` is the playbook's main file, to whose folder places refer."""
    return "\n".join(_lines(name, root, sections)) + "\n"


def _lines(name: str, root: str, sections: Sequence[Section]) -> Iterator[str]:
    yield f"# {markdown(name)}: to set up by hand"
    yield ""
    yield "Work from top to bottom: what comes later needs what comes before. Nothing is switched"
    yield "on before the last section. At the end of each item stands its line of the playbook."
    for section, number, items in numbered(sections):
        level = "#" * (1 + len(number.split(".")))
        yield from ("", f"{level} {number} {markdown(section.heading)}")
        if section.intro:
            yield from ("", markdown_line(section.intro))
        if items:
            yield ""
        for one in items:
            yield _line(one, root)


def _line(one: Numbered, root: str) -> str:
    item = one.item
    margin = "  " * item.depth
    text = markdown(item.text)
    if item.is_way:
        return f"{margin}- *{text}*"
    place = markdown_code(f"{relative_to_folder(item.span.file, root)}:{item.span.line}")
    return f"{margin}- [ ] **{one.number}** {text} <sub>{place}</sub>"
