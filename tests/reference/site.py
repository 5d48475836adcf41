"""The folder that the documentation's site is built from: `python -m tests.reference.site`.

Copies docs/ to build/pages and adds what only the site needs: an index of each section, the
navigation, and file names above blocks of code in the spelling that the site's builder knows.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from tests.reference.guide_pages import ORDER

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BUILD = ROOT / "build"
# Sections whose index is made here, with what stands above the list.
INDEXES = {
    "targets": ("Targets", "What a playbook can be exported to, and what each target can say."),
    "metrics": ("Metrics", "What is counted, how, and with a worked example for each."),
    "decisions": ("Decisions", "Choices that a reader might question, and what spoke for them."),
}
SECTIONS = ("guide", "reference", "checks", "targets", "metrics", "decisions")
GUIDE = "guide"
# The pages that are read or looked up first come first; the rest follows by name.
FIRST = (
    *("guide/index.md", *(f"guide/{name}" for name in ORDER)),
    *("reference/language.md", "reference/conditions.md", "reference/facts.md"),
    *("reference/events.md", "reference/cli.md", "reference/style.md", "reference/diff.md"),
    *("reference/push.md", "reference/replay.md"),
    *("reference/tactics.md", "reference/strategies.md", "reference/orders.md"),
    *("reference/evidence.md", "reference/simulation-kernel.md", "reference/checks.md"),
)
_FENCE = re.compile(r"^(```\w+) (\S[^\n]*)$", re.MULTILINE)
_SHIPPED = re.compile(r"\]\(\.\./((?:\.\./)*)(playbooks/)")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


def pages() -> list[Path]:
    """Return the pages of the site as paths in docs/; examples of the guide are none."""
    found = [path.relative_to(DOCS) for path in DOCS.rglob("*.md")]
    of_site = [path for path in found if path.parts[0] != GUIDE or len(path.parts) == 2]
    return sorted(of_site, key=_place)


def _place(path: Path) -> tuple[int, str]:
    name = path.as_posix()
    return (FIRST.index(name) if name in FIRST else len(FIRST)), name


def prepared(text: str) -> str:
    """Return a page as the site's builder reads it; shipped playbooks are copied beside it."""
    return _SHIPPED.sub(r"](\1\2", _FENCE.sub(r'\1 title="\2"', text))


def title(path: Path) -> str:
    """Return a page's heading."""
    found = _TITLE.search((DOCS / path).read_text(encoding="utf-8"))
    assert found is not None, f"docs/{path} has no heading"
    return found[1]


def index(section: str) -> str:
    """Return the index of a section: its pages with what each begins with."""
    heading, words = INDEXES[section]
    rows = [
        f"| [{title(path)}]({path.name}) | {_begins(path)} |"
        for path in pages()
        if path.parts[0] == section
    ]
    return "\n".join([f"# {heading}", "", words, "", "| page | |", "|---|---|", *rows]) + "\n"


def _begins(path: Path) -> str:
    """Return the first sentence of a page, without what makes it a link or code."""
    text = (DOCS / path).read_text(encoding="utf-8")
    first = " ".join(text.split("\n\n")[1].split())
    first = re.sub(r"^\*\*[^*]+\*\* ", "", first)
    return re.split(r"(?<=[.:])\s", first)[0].replace("|", "\\|")


def navigation() -> list[dict[str, object]]:
    """Return the site's navigation: the guide first, then what is looked up."""
    of = {name: [path for path in pages() if path.parts[0] == name] for name in SECTIONS}
    return [
        {"Start": "index.md"},
        {"Guide": _entries(of["guide"], first="guide/index.md")},
        {"Reference": _entries(of["reference"])},
        {"Checks": ["reference/checks.md", *_entries(of["checks"])]},
        *(
            {INDEXES[name][0]: [f"{name}/index.md", *_entries(of[name])]}
            for name in ("targets", "metrics", "decisions")
        ),
        {"Benchmarks": "benchmarks.md"},
        {"Calibration": "calibration.md"},
        {"Fuzzing": "fuzzing.md"},
        {"Faults": "faults.md"},
    ]


def _entries(paths: list[Path], first: str = "") -> list[object]:
    entries: list[object] = [first] if first else []
    for path in paths:
        if path.as_posix() not in (first, "reference/checks.md"):
            entries.append({title(path): path.as_posix()})
    return entries


def write(build: Path = BUILD) -> None:
    """Write `pages` and `zensical.toml` into the folder of the build."""
    target = build / "pages"
    shutil.rmtree(target, ignore_errors=True)
    for path in pages():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        text = (DOCS / path).read_text(encoding="utf-8")
        (target / path).write_text(prepared(text), encoding="utf-8")
    for path in sorted(DOCS.rglob("*.json")):
        shutil.copy(path, target / path.relative_to(DOCS))
    shutil.copytree(ROOT / "playbooks", target / "playbooks", ignore=shutil.ignore_patterns("*.md"))
    for section in INDEXES:
        (target / section / "index.md").write_text(index(section), encoding="utf-8")
    config = (ROOT / "zensical.toml").read_text(encoding="utf-8")
    nav = f"[project]\nnav = {_toml(navigation())}\n"
    written = config.replace("[project]\n", nav, 1)
    (build / "zensical.toml").write_text(written, encoding="utf-8")


def _toml(value: object) -> str:
    """Return a value of lists, one-key mappings and texts as TOML."""
    match value:
        case list():
            return f"[{', '.join(_toml(one) for one in value)}]"
        case dict():
            return f"{{{', '.join(f'{json.dumps(k)} = {_toml(v)}' for k, v in value.items())}}}"
        case _:
            return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    write()
