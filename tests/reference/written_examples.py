"""Examples on pages of the manual, and what is found in them when they are made whole.

A ```yaml block is a playbook, or a part of one: what it leaves out of a whole one (name, currency,
a message `hello`, a flow) is added. Blocks with a file name right after one are other files of the
same example.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.compiler.playbooks import folder
from tests.compiler.rule_pages import DEFAULTS, MAIN, SOME_FLOW

from playbook_compiler.diagnostics import Diagnostic
from playbook_runtime.checked import compile_and_check

_BLOCK = re.compile(r"^```(yaml|markdown)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,3} (.+)$", re.MULTILINE)
_MESSAGES_TOP = re.compile(r"^messages:\n", re.MULTILINE)
_HELLO = re.search(r"^  hello:.*", DEFAULTS["messages"], re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Written:
    """One example: the heading above it and its files."""

    heading: str
    files: dict[str, str]

    def __str__(self) -> str:
        return self.heading


def written(text: str, apart: tuple[str, ...] = ()) -> list[Written]:
    """Return the examples of a page in their order, without the files named in `apart`."""
    found: list[Written] = []
    for block in _BLOCK.finditer(text):
        language, file, content = block.groups()
        if file in apart:
            continue
        if file and found:
            found[-1].files[file] = content
        elif language == "yaml":
            headings = _HEADING.findall(text[: block.start()])
            found.append(Written(headings[-1], {MAIN: completed(content)}))
    return found


def completed(text: str) -> str:
    """Return an example as a whole playbook; the example stands first, so that its lines count."""
    has = {key: re.search(rf"^{key}:", text, re.MULTILINE) for key in (*DEFAULTS, "flows", "use")}
    if has["messages"] and "send: hello" in text and "\n  hello:" not in text:
        assert _HELLO is not None
        text += _HELLO[0] if text.rstrip().rpartition("\n")[0] else ""
    missing = [words for key, words in DEFAULTS.items() if not has[key]]
    if not has["flows"] and not has["use"] and "include:" not in text:
        missing.append(SOME_FLOW)
    elif "send: hello" not in text and "  hello:" not in text:
        missing = [words for words in missing if not words.startswith("messages:")]
    return text + "".join(missing)


def found_in(example: Written, path: Path) -> list[Diagnostic]:
    """Return everything that `playbook check` finds in an example."""
    return list(compile_and_check(str(folder(path, example.files))).diagnostics)
