"""The last steps of every import: steps get their ids, and what the compiler refuses is listed.

The text is compiled before anything is written. An entry that is refused is taken out and noted,
until the rest passes: `playbook check` has no error to tell of an imported playbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import compile_playbook, load
from playbook_compiler.importing.imported import Data, Imported, Notes
from playbook_compiler.importing.step_naming import named, numbered
from playbook_compiler.importing.structure import Made, as_data
from playbook_compiler.parse import parse
from playbook_compiler.printing_yaml import Written, yaml_text
from playbook_compiler.source import SourceFile
from playbook_compiler.values import dataclass

MAIN: Final = "playbook.yaml"
_ROUNDS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Tree:
    """A flow before its steps have ids: its keys, its steps, and its place in the input."""

    head: Data
    steps: tuple[Made, ...]
    path: str


def finished(
    engine: str, data: Data, flows: Mapping[str, Tree], paths: Mapping[str, str], notes: Notes
) -> Imported:
    """Return the import of a playbook. `data` holds its sections, and of its flows those that are
    known in their own words; `paths` are places in the input by `section/id`."""
    trees = dict(flows)
    sections = dict(data)
    places = {**paths, **{f"flows/{name}": tree.path for name, tree in trees.items()}}
    ids = {name: numbered(tree.steps) for name, tree in trees.items()}
    _mend(sections, trees, ids, places, notes)
    playbook = load(MAIN, given={MAIN: _text(sections, trees, ids)}).playbook
    assert playbook is not None, "what passes the checks can be read"
    ids = {name: named(tree.steps, playbook.flows[name].steps) for name, tree in trees.items()}
    _mend(sections, trees, ids, places, notes)
    return Imported(engine, _whole(sections, trees, ids), notes.in_order())


def _whole(sections: Data, trees: Mapping[str, Tree], ids: Mapping[str, Mapping[int, str]]) -> Data:
    """Return the playbook with its flows before its messages."""
    made: dict[str, Written] = {
        name: {**tree.head, "steps": as_data(tree.steps, ids[name])} for name, tree in trees.items()
    }
    known = sections.get("flows")
    flows = {**(known if isinstance(known, dict) else {}), **made}
    whole = {name: value for name, value in sections.items() if name not in ("flows", "messages")}
    if flows:
        whole["flows"] = dict(sorted(flows.items()))
    if sections.get("messages"):
        whole["messages"] = sections["messages"]
    return {name: value for name, value in whole.items() if value not in ({}, [])}


def _text(sections: Data, trees: Mapping[str, Tree], ids: Mapping[str, Mapping[int, str]]) -> bytes:
    return yaml_text(_whole(sections, trees, ids)).encode()


def _mend(
    sections: Data,
    trees: dict[str, Tree],
    ids: Mapping[str, Mapping[int, str]],
    places: Mapping[str, str],
    notes: Notes,
) -> None:
    """Take out what the compiler refuses, an entry at a time."""
    for _ in range(_ROUNDS):
        text = _text(sections, trees, ids)
        errors = [
            one for one in compile_playbook(MAIN, given={MAIN: text}).diagnostics if one.is_error
        ]
        if not errors:
            return
        refused = entries_of(text.decode(), errors)
        for (section, name), finding in refused.items():
            _take_out(sections, trees, section, name)
            notes.left(
                places.get(f"{section}/{name}", f"{section}/{name}"),
                f"`{name}` under `{section}:`" if name else f"`{section}:`",
                f"the language does not allow it ({finding.rule}): {finding.message}",
                finding.help,
            )
        assert refused, f"an imported playbook that cannot be mended: {errors[0]}"
    raise AssertionError("an imported playbook that is never mended")


def _take_out(sections: Data, trees: dict[str, Tree], section: str, name: str) -> None:
    if section == "flows" and trees.pop(name, None) is not None:
        return
    entries = sections.get(section)
    if name and isinstance(entries, dict):
        sections[section] = {one: value for one, value in entries.items() if one != name}
    else:
        sections.pop(section, None)


def entries_of(text: str, errors: list[Diagnostic]) -> dict[tuple[str, str], Diagnostic]:
    """Return the sections' entries that errors point at, each with its first error."""
    document, _ = parse(SourceFile(MAIN, text))
    assert document is not None
    named_sections = ("facts", "events", "audiences", "offers", "flows", "messages")
    found: dict[tuple[str, str], Diagnostic] = {}
    lines: list[tuple[int, int, tuple[str, str]]] = []
    for path in document.places:
        if path and len(path) <= 2 and (len(path) == 2) == (path[0] in named_sections):
            start = document.key_span(path)
            end = document.span(path)
            lines.append((start.line, end.end_line, (str(path[0]), str((*path, "")[1]))))
    for one in errors:
        # A finding's own place, else that of the flow or message that it is about.
        for start_line, end_line, entry in lines:
            if start_line <= one.span.line <= end_line:
                found.setdefault(entry, one)
                break
    return found
