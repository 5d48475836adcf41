"""Characters that change what a reader sees or where a line ends, and letters that pretend."""

from __future__ import annotations

import re
import unicodedata

from playbook_compiler.diagnostics import Diagnostic, Severity, error
from playbook_compiler.source import SourceFile, Span

REPORTED_LIMIT = 20

_LINE_SEPARATORS = {
    "\x85": "next line",
    "\u2028": "line separator",
    "\u2029": "paragraph separator",
}
_BIDIRECTIONAL = "\u202a-\u202e\u2066-\u2069"
# Compiled when it is first needed, which it is in few files: it takes as long as reading one.
_FORBIDDEN = (
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
    + _BIDIRECTIONAL
    + "]"
)

# Cyrillic and Greek letters that look like a Latin one. Letters without a Latin twin (such as the
# mu of a unit) are nobody's disguise.
_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕһԁԛԝѵкАВЕКМНОРСТУХЅІЈαονρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijshdqwvkABEKMHOPCTYXSIJaovpikuABEZHIKMNOPTYX",
        strict=True,
    )
)
_WORD = re.compile(r"[^\W\d_]+")


def forbidden_characters(source: SourceFile) -> list[Diagnostic]:
    """Return an error for each character that no file may contain, the first twenty of them.

    Control characters and line separators move the lines of every later message; bidirectional
    controls show another text than the one that is read (CVE-2021-42574).
    """
    found: list[Diagnostic] = []
    if _is_harmless(source.text):
        return found
    for match in re.finditer(_FORBIDDEN, source.text):
        if len(found) == REPORTED_LIMIT:
            break
        span = source.span_at(match.start(), match.end())
        found.append(_forbidden(match[0], span))
    return found


def forbidden_in_value(text: str) -> str | None:
    """Return the first forbidden character that an escape such as \\u202e put into a value."""
    match = None if _is_harmless(text) else re.search(_FORBIDDEN, text)
    return match[0] if match else None


def _is_harmless(text: str) -> bool:
    """Return whether a text surely has no forbidden character: none of them is printable."""
    return text.replace("\n", "").replace("\t", "").replace("\r", "").isprintable()


def _forbidden(char: str, span: Span) -> Diagnostic:
    code = f"U+{ord(char):04X}"
    if char in _LINE_SEPARATORS:
        return error(
            "line-separator",
            f"{_LINE_SEPARATORS[char]} {code} is not allowed: it moves line numbers",
            span,
            caption="an invisible line break",
            help="delete it and press Enter where a new line is wanted",
        )
    if re.match(f"[{_BIDIRECTIONAL}]", char):
        return error(
            "bidi-control",
            f"bidirectional control {code} is not allowed: it shows another text than the one read",
            span,
            caption="an invisible character",
            help="delete it; Arabic and Hebrew text needs no control characters here",
        )
    name = {"\x00": "NUL character", "\ufeff": "byte order mark"}.get(char, "control character")
    return error(
        "control-character",
        f"{name} {code} is not allowed",
        span,
        caption="an invisible character",
        help="delete it; it often comes with text copied from another program",
    )


def key_problem(key: str, span: Span) -> Diagnostic | None:
    """Return what is wrong with the characters of a key or id that is not plain ASCII."""
    for char in key:
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or (
            unicodedata.category(char) == "Zs" and char != " "
        ):
            name = unicodedata.name(char, "control character").lower()
            return error(
                "invisible-character",
                f"the key contains an invisible character, {name} U+{ord(char):04X}",
                span,
                caption="looks like another key, but is not",
                help="delete the key and type it again",
            )
    return mixed_script(key, span)


def mixed_script(word: str, span: Span) -> Diagnostic | None:
    """Return an error for a word of Latin letters in which a Cyrillic or Greek one hides."""
    for match in _WORD.finditer(word):
        letters = match[0]
        strangers = [char for char in letters if char in _LOOKALIKES]
        if not strangers or not any(_is_latin(char) for char in letters):
            continue
        first = strangers[0]
        script = unicodedata.name(first).split(" ", 1)[0].title()
        latin = "".join(_LOOKALIKES.get(char, char) for char in word)
        return Diagnostic(
            "mixed-script",
            Severity.ERROR,
            f"`{word}` contains the {script} letter U+{ord(first):04X},"
            f" which looks like the Latin {_LOOKALIKES[first]}",
            span,
            caption=f"{script} letter among Latin ones",
            help=f"write `{latin}` in Latin letters",
        )
    return None


def _is_latin(char: str) -> bool:
    return char.isascii() or unicodedata.name(char, "").startswith("LATIN")
