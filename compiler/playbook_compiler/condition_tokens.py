"""The words of a condition: what a token is, which words are taken, how a name is quoted."""

from __future__ import annotations

import re
from typing import TypeAlias

# A token is the match itself: `lastgroup` is its kind, and it knows its text and offsets. White
# space matches no branch, so finditer steps over it; anything else unknown is a `bad` token.
Token: TypeAlias = re.Match[str]
_TOKEN = re.compile(
    r"(?P<word>[^\W\d][\w./-]*)"
    r"|(?P<number>-?[0-9][\w.-]*(?:[ ]?%)?)"
    r"|(?P<string>\"(?:[^\"\x00-\x1f]|\"\")*\"|'(?:[^'\x00-\x1f]|'')*')"
    r"|(?P<mark>[<>=!]=|=[<>]|<>|&&|\|\||[<>=!(),&|≤≥≠])"
    r"|(?P<bad>\S)"
    r"|(?P<end>\Z)"
)
_BARE = re.compile(r"(?:[^\W\d][\w./-]*|[0-9][\w.-]*)\Z")

# Words that stand for themselves only in quotes where a value is expected.
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "between", "has", "within"})
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
# What people write who know another language, and the word that is meant.
SLIPS = {
    "&&": "and",
    "&": "and",
    "AND": "and",
    "And": "and",
    "||": "or",
    "|": "or",
    "OR": "or",
    "Or": "or",
    "!": "not",
    "NOT": "not",
    "Not": "not",
    "==": "=",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "IN": "in",
    "IS": "is",
    "BETWEEN": "between",
    "HAS": "has",
    "WITHIN": "within",
}


def tokens(text: str) -> list[Token]:
    """Return the tokens of a condition; the last one is of kind `end`."""
    return list(_TOKEN.finditer(text))


def unquoted(string: str) -> str:
    """Return what a string token says: its quotes removed, doubled ones inside made single."""
    quote = string[0]
    return string[1:-1].replace(quote + quote, quote)


def written(name: str) -> str:
    """Return a text value as a condition writes it: bare where it can be, else in quotes."""
    if _BARE.match(name) and name not in KEYWORDS:
        return name
    quote = "'" if '"' in name and "'" not in name else '"'
    return quote + name.replace(quote, quote + quote) + quote
