"""Every check's page is its test: what stands under `## Fails` fails where it says, and what stands
under `## Mended` does not.

In a failing example the line that is found ends in `# <- rule-name`; what a page leaves out (name,
currency, zone, messages) is added here.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from tests.compiler.playbooks import folder, told

from playbook_compiler import checks
from playbook_compiler.driver import compile_playbook, load
from playbook_compiler.family import members

PAGES = Path(__file__).parents[2] / "docs" / "checks"
CHECKS = members(checks)
DEFAULTS = {
    "playbook": "playbook: 1\n",
    "name": "name: leaf-and-steam\n",
    "currency": "currency: EUR\n",
    "timezone": "timezone: Europe/Berlin\n",
    "sender": "sender: {name: Leaf, email: hello@leaf.example, address: 'Teeweg 1, Berlin'}\n",
    "guardrails": "guardrails: {consent: {email: opt-in}, holdout: 10%}\n",
    "messages": (
        "messages:\n  hello:\n    subject: Hello\n"
        '    body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"\n'
    ),
}
_BLOCK = re.compile(r"^## (Fails|Mended)\n(?:.*\n)*?```yaml\n((?:.*\n)*?)```$", re.MULTILINE)
_MARK = re.compile(r"# <- ([a-z0-9-]+)")


def examples(name: str, title: str) -> list[str]:
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return [text for kind, text in _BLOCK.findall(page) if kind == title]


def completed(text: str) -> str:
    """Return an example as a whole playbook; the example stands first, so that its lines count."""
    missing = [
        words for key, words in DEFAULTS.items() if not re.search(rf"^{key}:", text, re.MULTILINE)
    ]
    return text + "".join(missing)


def found_by(name: str, path: Path, text: str) -> list[int]:
    """Return the lines where a check finds something in an example that has no other error."""
    shop = folder(path, {"playbook.yaml": completed(text)})
    loaded = load(str(shop))
    assert loaded.playbook is not None, told(loaded)
    return [
        found.span.line for found in compile_playbook(str(shop)).diagnostics if found.rule == name
    ]


@pytest.mark.parametrize("name", CHECKS)
def test_what_a_page_says_fails_is_found_at_the_marked_lines(name: str, tmp_path: Path) -> None:
    texts = examples(name, "Fails")
    assert texts, f"docs/checks/{name}.md has no example under ## Fails"
    for number, text in enumerate(texts):
        marked = [
            line
            for line, written in enumerate(text.splitlines(), 1)
            if name in _MARK.findall(written)
        ]
        assert marked, f"no line of the example is marked # <- {name}"
        assert found_by(name, tmp_path / str(number), text) == marked


@pytest.mark.parametrize("name", CHECKS)
def test_what_a_page_calls_mended_is_clean(name: str, tmp_path: Path) -> None:
    texts = examples(name, "Mended")
    assert texts, f"docs/checks/{name}.md has no example under ## Mended"
    for number, text in enumerate(texts):
        assert found_by(name, tmp_path / str(number), text) == []


@pytest.mark.parametrize(("name", "check"), CHECKS.items(), ids=CHECKS)
def test_a_check_is_one_file_and_one_page(name: str, check: ModuleType) -> None:
    assert check.__doc__, "the docstring is the user's page"
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {name}\n")
    summary = check.__doc__.strip().split("\n\n")[0]
    assert " ".join(summary.split()) in " ".join(page.split()), "the page begins like the docstring"


def test_no_page_is_without_its_check() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} <= set(CHECKS)
