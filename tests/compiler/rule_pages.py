"""The pages of rules, docs/checks/*.md, and the examples that stand on them.

Under `## Fails` the line that is found ends in `# <- rule-name`. A block with a file name behind
its language is another file of the same example. What an example leaves out of its playbook (name,
currency, zone, messages) is added here from `docs/guide/assumed`. `<U+202E>` stands for a
character that no page can show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.compiler.playbooks import folder

from playbook_compiler.diagnostics import Diagnostic
from playbook_runtime import unsimulated
from playbook_runtime.checked import compile_and_check

PAGES = Path(__file__).parents[2] / "docs" / "checks"
RULES = sorted(path.stem for path in PAGES.glob("*.md"))
MAIN = "playbook.yaml"
ORDERS = "orders.csv"
ASSUMED = PAGES.parent / "guide" / "assumed" / MAIN
# What an example leaves out, section by section; a flow is added where a page says so.
DEFAULTS = {
    section[1]: section[0]
    for section in re.finditer(
        r"^(\w+):.*\n(?: .*\n)*", ASSUMED.read_text(encoding="utf-8"), re.MULTILINE
    )
}
SOME_FLOW = DEFAULTS.pop("flows")
_SECTION = re.compile(r"^## (Fails|Mended)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(
    r"^```(yaml|markdown|text|csv)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
_MARK = re.compile(r"# <- ([a-z0-9-]+)")
_CHARACTER = re.compile(r"<U\+([0-9A-F]{4})>")


@dataclass(frozen=True)
class Example:
    """One example: its files by name, the playbook completed, and as they stand on the page."""

    files: dict[str, str]
    written: dict[str, str]

    def marked(self, rule: str) -> list[tuple[str, int]]:
        """Return the file and line of every mark of a rule."""
        return sorted(
            (file, line)
            for file, text in self.written.items()
            for line, words in enumerate(text.split("\n"), 1)
            if rule in _MARK.findall(words)
        )


def page(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def examples(name: str, title: str) -> list[Example]:
    """Return the examples under the headings `title` of a page; none where only words stand."""
    found = []
    for kind, section in _SECTION.findall(page(name)):
        blocks = _BLOCK.findall(section)
        if kind != title or not blocks:
            continue
        written = {
            file or (ORDERS if language == "csv" else MAIN): _CHARACTER.sub(
                lambda match: chr(int(match[1], 16)), text
            )
            for language, file, text in blocks
        }
        files = {**written, MAIN: completed(written[MAIN])} if MAIN in written else written
        found.append(Example(files, written))
    return found


def completed(text: str) -> str:
    """Return an example as a whole playbook; the example stands first, so that its lines count."""
    missing = [
        words for key, words in DEFAULTS.items() if not re.search(rf"^{key}:", text, re.MULTILINE)
    ]
    return text + "".join(missing)


def diagnostics_of(name: str, path: Path, example: Example) -> list[Diagnostic]:
    """Return everything that is found in an example that stands for the rule `name`."""
    shop = folder(path, example.files)
    compiled = compile_and_check(str(shop))
    diagnostics = [*compiled.diagnostics]
    if name == unsimulated.RULE and compiled.graph is not None:
        diagnostics += unsimulated.unsimulated(compiled.graph.playbook)
    return diagnostics
