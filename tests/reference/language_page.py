"""docs/reference/language.md: every section and key of the language, made from the model.

The tables come from the records, the words and examples between them from `language/*.md`: what
stands there before the first example goes above the tables, the rest below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tests.reference.event_defaults import of_triggers
from tests.reference.kinds_in_words import literal, records_in, table
from tests.reference.scalar_values import VALUES

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.checklists import CASE_COLUMNS, ORDER_COLUMNS
from playbook_compiler.defaults import BUILT_IN_STAGES
from playbook_compiler.effects import Effect
from playbook_compiler.kinds import Kind
from playbook_compiler.model import Playbook
from playbook_compiler.records import Record, is_required, keys_of
from playbook_compiler.requirements import FLOW_METRICS, METRICS, STATISTICS, WORLDS
from playbook_compiler.rights import RIGHTS
from playbook_compiler.steps import STEPS
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.tactic import SECTIONS, TYPES, TacticHead, expected
from playbook_compiler.triggers import TRIGGERS

WORDS = Path(__file__).with_name("language")
# Keys of the playbook that need no section of their own.
HEAD = ("playbook", "name", "currency", "timezone", "stage", "include")
EFFECTS, STEPS_TITLE, TRIGGERS_TITLE = "Effects", "Steps", "Triggers"


def language_page() -> str:
    """Return the whole page."""
    homes = _homes()
    parts = [
        _words("head", "The language"),
        "## Sections of a playbook",
        *_sections_table(),
        *_section("files", "Files and folders"),
        *_values(),
    ]
    for name, entry in keys_of(Playbook).items():
        if name not in HEAD:
            parts += _described(name, entry.metadata["kind"], homes)
    parts += _kinds("triggers", TRIGGERS_TITLE, "trigger", TRIGGERS, homes)
    parts += _kinds("steps", STEPS_TITLE, "step", STEPS, homes)
    parts += _section("effects", EFFECTS, table(Effect, homes))
    parts += _tactics(homes)
    parts += _channels()
    parts += _strategies()
    return "\n".join(_spaced(parts)).rstrip() + "\n"


def _spaced(parts: list[str]) -> list[str]:
    """Return the lines with a blank one around headings, tables and paragraphs."""
    lines: list[str] = []
    for part in parts:
        is_row = part.startswith("|")
        if lines and not (is_row and lines[-1].startswith("|")):
            lines.append("")
        lines += part.strip("\n").split("\n")
    return lines


def _homes() -> dict[type[Record], str]:
    """Return the heading under which each record's keys are told; the first place that has it."""
    homes: dict[type[Record], str] = {Effect: EFFECTS}
    for name, entry in keys_of(Playbook).items():
        _collect(entry.metadata["kind"], name, homes)
    for kinds in (TRIGGERS, STEPS):
        for name, record in kinds.items():
            for key, entry in keys_of(record).items():
                _collect(entry.metadata["kind"], f"{name}.{key}" if key != name else name, homes)
    for key, entry in keys_of(TacticHead).items():
        _collect(entry.metadata["kind"], f"tactic.{key}", homes)
    return homes


def _collect(kind: Kind, path: str, homes: dict[type[Record], str]) -> None:
    for place, found in records_in(kind, path):
        if found.record in homes:
            continue
        homes[found.record] = place
        for key, entry in keys_of(found.record).items():
            _collect(entry.metadata["kind"], f"{place}.{key}", homes)


def _sections_table() -> list[str]:
    lines = ["| key | meaning |", "|---|---|"]
    for name, entry in keys_of(Playbook).items():
        shown = f"`{name}`" if name in HEAD else f"[`{name}`](#{name})"
        needed = " **Required.**" if is_required(entry) else ""
        lines.append(f"| {shown} | {literal(entry.metadata['doc'])}{needed} |")
    return lines


def _words(name: str, title: str) -> str:
    path = WORDS / f"{name}.md"
    return f"# {title}\n\n{path.read_text(encoding='utf-8').strip()}"


def _section(name: str, title: str, lines: list[str] | None = None, level: str = "##") -> list[str]:
    """Return a section: its words, the lines of its tables, its examples."""
    path = WORDS / f"{name}.md"
    text = path.read_text(encoding="utf-8").strip() if path.exists() else ""
    above, fence, below = text.partition("```yaml")
    return [
        part
        for part in (f"{level} {title}", above.strip(), *(lines or []), (fence + below).strip())
        if part
    ]


def _described(name: str, kind: Kind, homes: Mapping[type[Record], str]) -> list[str]:
    """Return a top-level section with the tables of all records that have their home in it."""
    own: list[str] = []
    deeper: list[str] = []
    for record, place in homes.items():
        if place != name and not place.startswith(f"{name}."):
            continue
        direct = place == name or place.removeprefix(f"{name}.").isupper()
        if direct and not own:
            own = _lead(kind, place) + table(record, homes)
        else:
            deeper += [f"### {place}", _summary(record), *table(record, homes)]
    return [*_section(name, name, own + _extra(name)), *deeper]


def _lead(kind: Kind, place: str) -> list[str]:
    upper = place.rpartition(".")[2]
    return [f"Under each {upper}:"] if upper.isupper() else []


def _summary(record: type[Record]) -> str:
    return literal(" ".join((record.__doc__ or "").strip().split("\n\n")[0].split()))


def _extra(name: str) -> list[str]:
    """Return what a section tells beside its keys."""
    if name == "stages":
        rows = [
            "Where you write no `stages`, these hold:",
            "| stage | enter | split |",
            "|---|---|---|",
        ]
        assert isinstance(BUILT_IN_STAGES, dict)
        for stage, data in BUILT_IN_STAGES.items():
            assert isinstance(data, dict)
            split = data["split"]
            assert isinstance(split, dict)
            enter = f"`{data['enter']}`" if "enter" in data else "from the start"
            told = f"{split['acquisition']} acquisition, {split['retention']} retention"
            rows.append(f"| `{stage}` | {enter} | {told} |")
        return rows
    if name == "require":
        return [
            "| metric | measured in |",
            "|---|---|",
            *(f"| `{metric}` | {unit} |" for metric, unit in sorted(METRICS.items())),
            f"Of a flow, as in `flow(win-back).profit`: {_listed(FLOW_METRICS)}.",
            f"After the metric may follow the world ({_listed(WORLDS)}; left out, `with`).",
            f"Last comes the statistic ({_listed(STATISTICS)}; left out, `mean`).",
        ]
    if name == "checklists":
        return [
            f"`verify` reads these moments of an order: {_listed(ORDER_COLUMNS)}.",
            f"Of a support case: {_listed(CASE_COLUMNS)}.",
        ]
    if name == "programmes":
        rows = [f"| `{name}` | {meaning} |" for name, meaning in RIGHTS.items()]
        return ["Rights of levels and members, by word:", "| right | meaning |", "|---|---|", *rows]
    return []


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _kinds(
    file: str,
    title: str,
    noun: str,
    kinds: Mapping[str, type[Record]],
    homes: Mapping[type[Record], str],
) -> list[str]:
    """Return the section on steps or triggers: which keys go with which, then each kind."""
    text = (WORDS / f"{file}.md").read_text(encoding="utf-8")
    intro, *rest = re.split(r"^### (\S+)\n", text, flags=re.MULTILINE)
    words = dict(zip(rest[::2], rest[1::2], strict=True))
    lines = [
        f"## {title}",
        intro.strip(),
        f"| {noun} | what it does | may stand beside it |",
        "|---|---|---|",
    ]
    for name, record in kinds.items():
        beside = [f"`{key}`" for key in keys_of(record) if key != name]
        lines.append(f"| [`{name}`](#{name}) | {_summary(record)} | {', '.join(beside)} |")
    if noun == "trigger":
        lines += ["Where a flow says nothing else:", *of_triggers()]
    for name, record in kinds.items():
        above, fence, below = words.pop(name).partition("```yaml")
        lines += [f"### {name}", _summary(record), above.strip(), *table(record, homes)]
        for inner, place in homes.items():
            if place == name or place.startswith(f"{name}."):
                lines += [f"#### {place} as a mapping" if place == name else f"#### {place}"]
                lines += [_summary(inner), *table(inner, homes)]
        lines.append((fence + below).strip())
    assert not words, f"no such {noun}: {sorted(words)}"
    return [line for line in lines if line]


def _tactics(homes: Mapping[type[Record], str]) -> list[str]:
    types = [f"| `{name}` | {literal(expected(name))} |" for name in TYPES]
    lines = table(TacticHead, homes)
    below = [
        f"Beside its head a tactic may hold {_listed(SECTIONS)}.",
        "Types of parameters:",
        "| type | what may be written for it |",
        "|---|---|",
        *types,
    ]
    for record, place in homes.items():
        if place.startswith("tactic."):
            below += [f"### {place}", _summary(record), *table(record, homes)]
    above = _section("tactics", "Tactic files", lines)
    return [*above[:-1], *below, "### A tactic of your own", above[-1]]


def _values() -> list[str]:
    rows = [
        f"| {one.title} | {' · '.join(f'`{example}`' for example in one.examples)} | {one.means} |"
        for one in VALUES.values()
    ]
    return _section(
        "values", "Values", ["| value | written as | meaning |", "|---|---|---|", *rows]
    )


def _channels() -> list[str]:
    rows = [
        f"| `{one.name}` | {one.documentation} | {'yes' if one.message else 'no'} |"
        for one in BUILT_IN.channels.values()
    ]
    return _section(
        "channels",
        "Channels",
        ["| channel | what it is | carries messages |", "|---|---|---|", *rows],
    )


def _strategies() -> list[str]:
    rows = [f"| `{name}` | {title} |" for name, title in STRATEGIES.items()]
    return _section("strategies", "Strategies", ["| id | strategy |", "|---|---|", *rows])
