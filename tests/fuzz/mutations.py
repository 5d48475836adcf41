"""Hostile texts by chance: shipped playbooks and tactics, spoilt; and bytes that mean nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from tests.properties.language_strategies import SECTIONS, made
from tests.properties.language_texts import as_json

from playbook_compiler.printing_yaml import yaml_text

ROOT = Path(__file__).parents[2]
SYNTAX = (
    *(b": ", b"- ", b"? ", b"&a ", b"*a", b"!!python/name:os.system ", b"!x ", b"|", b">-", b"#"),
    *(b"---\n", b"...\n", b"%YAML 1.1\n", b"{", b"}", b"[", b"]", b",", b"'", b'"', b"<<: *a\n"),
    *(b"\n", b"\r", b"\t", b" ", b"\\", b"$", b"${x}", b"{{", b"}}", b"{% for i in x %}", b"@"),
    *(b"\x00", b"\x07", b"\xff", b"\xef\xbb\xbf", "\u2028".encode(), "\u202e".encode()),
    *("：".encode(), "а".encode(), "\ud800".encode("utf-8", "surrogatepass"), "客".encode()),
    *(b" # playbook: ignore[", b"# playbook: ignore[unknown-key] x\n", b"null", b"~", b"true"),
    *(b"include: [*.yaml]\n", b"use: {win-back: {after: 1d}}\n", b"../../etc/passwd", b"C:\\x"),
    *(b" and ", b" not ", b" in (", b"orders > ", b"trigger.", b"audience(", b" within "),
    *(b"0d", b"-1d", b"1..2", b"110%", b"since 2025-13-01", b"02-29", b"12:60", b" per ", b"EUR"),
)  # fmt: skip
NUMBERS = (b"9" * 18, b"9" * 400, b"1e999", b"0x1F", b"0o17", b"-0", b"1_000", b".nan", b"1.0e-999")
LIMIT_BYTES = 200_000


def shipped() -> list[bytes]:
    """Return the texts to start from: shipped files, test cases, generated playbooks."""
    patterns = ("playbooks/*.yaml", "playbooks/tactics/*.yaml", "tests/cases/*/*.yaml")
    paths = sorted(path for pattern in patterns for path in ROOT.glob(pattern))
    paths += sorted(ROOT.glob("tests/cases/*/*/*.yaml"))
    generated = [as_json(made(seed, size=2).data).encode() for seed in range(10)]
    generated += [yaml_text(made(seed, SECTIONS, 1).data).encode() for seed in range(10, 20)]
    return [*(path.read_bytes() for path in paths), *generated]


def _flip(chance: Random, raw: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 2, 8))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)


def _cut(chance: Random, raw: bytearray) -> None:
    del raw[chance.randrange(len(raw)) :]


def _drop(chance: Random, raw: bytearray) -> None:
    start = chance.randrange(len(raw))
    del raw[start : start + chance.choice((1, 1, 3, 20, 200))]


def _insert(chance: Random, raw: bytearray) -> None:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(raw) + 1)
        raw[at:at] = chance.choice(SYNTAX)


def _number(chance: Random, raw: bytearray) -> None:
    digits = [at for at, byte in enumerate(raw) if 48 <= byte <= 57]
    if digits:
        at = chance.choice(digits)
        raw[at : at + 1] = chance.choice(NUMBERS)


def _line(chance: Random, raw: bytearray) -> None:
    """Double, move, swap or deepen some lines."""
    lines = bytes(raw).split(b"\n")
    start = chance.randrange(len(lines))
    some = lines[start : start + chance.choice((1, 1, 2, 10))]
    margin = chance.choice((b"", b"", b" ", b"  ", b"    "))
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = [margin + line for line in some]
    raw[:] = b"\n".join(lines)


def _nest(chance: Random, raw: bytearray) -> None:
    depth = chance.choice((5, 31, 40, 1_500))
    opened, closed = chance.choice(((b"[", b"]"), (b"{a: ", b"}"), (b"(", b")"), (b"not ", b"")))
    at = chance.randrange(len(raw) + 1)
    raw[at:at] = opened * depth + b"x" + closed * depth


def _word(chance: Random, raw: bytearray) -> None:
    """Put a word of the text in another place."""
    words = bytes(raw).split(b" ")
    at = chance.randrange(len(words))
    words[at] = chance.choice(words)
    raw[:] = b" ".join(words)


_PAIR = re.compile(rb"([a-z_]+): ([^{}\\[\\],\n]+)")


def _value(chance: Random, raw: bytearray, texts: Sequence[bytes]) -> None:
    """Give a key a value that it has elsewhere: what comes of it can often be read."""
    pairs = list(_PAIR.finditer(raw))
    if not pairs:
        return
    pair = chance.choice(pairs)
    for other in chance.sample(list(texts), min(8, len(texts))):
        values = [one[2] for one in _PAIR.finditer(other) if one[1] == pair[1]]
        if values:
            raw[pair.start(2) : pair.end(2)] = chance.choice(values)
            return


CHANGES: Sequence[Callable[[Random, bytearray], None]] = (
    *(_flip, _cut, _drop, _insert, _insert, _number, _line, _line, _nest, _word, _word),
)


def mutated(chance: Random, texts: Sequence[bytes]) -> bytes:
    """Return one of the texts, spoilt in one or a few ways, or bytes by chance."""
    kind = chance.randrange(20)
    if kind == 0:
        return chance.randbytes(chance.choice((0, 1, 5, 50, 500)))
    if kind == 1:
        return b"".join(chance.choices(SYNTAX, k=chance.randrange(40)))
    raw = bytearray(chance.choice(texts))
    if kind == 2:
        other = chance.choice(texts)
        raw[chance.randrange(len(raw) + 1) :] = other[chance.randrange(len(other) + 1) :]
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        if raw and chance.random() < 0.5:
            _value(chance, raw, texts)
        elif raw:
            chance.choice(CHANGES)(chance, raw)
    return bytes(raw[:LIMIT_BYTES])
