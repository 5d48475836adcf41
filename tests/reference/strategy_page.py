"""docs/reference/strategies.md: every strategy of the catalogue, and what carries it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.reference.prose import paragraph
from tests.reference.strategy_carriers import Row, rows, used_by
from tests.reference.strategy_rows import SAYS

from playbook_compiler.strategies import STRATEGIES
from playbook_runtime.evidence.model import GRADES

FAMILIES = {
    "F": ("Frames", "How the shop decides. These are sections of a playbook, and habits."),
    "S": ("Flows", "What is said to customers, and when."),
    "P": ("Programmes", "What ties customers to the shop beside its goods."),
    "O": ("Operations", "What no message makes up for: items of checklists, with an owner."),
}
FILES = "../../playbooks"


def strategies_page() -> str:
    """Return the page."""
    lines = [
        "# Strategies",
        "",
        *paragraph(
            "What is known to keep customers, as a catalogue: what a strategy says, and which"
            " shipped playbook or [tactic](tactics.md) carries it out. The ids stand in the key"
            " `strategy:` of flows and of items on checklists. The page is made from the shipped"
            " files; a test fails if a strategy is carried out by nothing, or by something in which"
            " `playbook check` finds anything."
        ),
        *paragraph(
            "Figures are quoted with a grade.",
            "; ".join(f"**{grade}**: {words}" for grade, words in GRADES.items() if grade in "ABCD")
            + ".",
            "A figure of grade D is a claim: it is told here, and never used in a projection. What"
            " is used stands in the [evidence library](evidence.md).",
        ),
    ]
    for family, of in groupby(rows(), key=lambda row: row.id[0]):
        lines += _family(*FAMILIES[family], tuple(of))
    return "\n".join(lines).rstrip() + "\n"


def _family(title: str, words: str, of: Sequence[Row]) -> Iterator[str]:
    yield from (f"## {title}", "", *paragraph(words))
    yield from ("| | strategy | tactics | written out in |", "|---|---|---|---|")
    for row in of:
        tactics = [file[8:-5] for file in _files(row) if file.startswith("tactics/")]
        playbooks = [file for file in _files(row) if "/" not in file]
        yield (
            f"| [{row.id}](#{_anchor(row.id)}) | {STRATEGIES[row.id]}"
            f" | {', '.join(f'[{one}](tactics.md#{one})' for one in tactics)}"
            f" | {', '.join(_link(file) for file in playbooks)} |"
        )
    yield ""
    for row in of:
        yield from _row(row)


def _row(row: Row) -> Iterator[str]:
    yield from (f"### {row.id} {STRATEGIES[row.id]}", "", *paragraph(SAYS[row.id]))
    alike: dict[str, list[str]] = {}
    for file in _files(row):
        whats = dict.fromkeys(one.what for one in row.carriers if one.file == file)
        alike.setdefault("; ".join(whats), []).append(file)
    for what, files in alike.items():
        yield f"- {_told(files)}: {what}"
    yield ""
    if row.figures:
        said = "; ".join(f"{figure} ({grade})" for figure, grade in row.figures)
        yield from paragraph(f"Figures: {said}.")


def _told(files: Sequence[str]) -> str:
    """Return shipped files in words: the playbooks, then the tactics with who uses them."""
    playbooks = [_link(file) for file in files if not file.startswith("tactics/")]
    told = [f"playbook{'s' * (len(playbooks) > 1)} {', '.join(playbooks)}"] if playbooks else []
    for file in files:
        if file.startswith("tactics/"):
            used = ", ".join(used_by(file[8:-5]))
            told.append(f"tactic {_link(file)}" + (f" (used in {used})" if used else ""))
    return "; ".join(told)


def _files(row: Row) -> list[str]:
    return list(dict.fromkeys(one.file for one in row.carriers))


def _link(file: str) -> str:
    return f"[{file.removesuffix('.yaml').removeprefix('tactics/')}]({FILES}/{file})"


def _anchor(strategy: str) -> str:
    words = f"{strategy} {STRATEGIES[strategy]}".lower()
    return "".join(one for one in words.replace(" ", "-") if one.isalnum() or one == "-")
