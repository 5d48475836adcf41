"""YAML texts in every manner of writing: one document said in many ways, with comments all over."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from hypothesis import strategies as st

from playbook_compiler.document import Data

KEYS = (
    *("playbook", "name", "currency", "flows", "offers", "messages", "audiences", "guardrails"),
    *("trigger", "steps", "send", "wait", "offer", "id", "if", "then", "else", "until", "at_most"),
    *(
        "percent_off",
        "valid",
        "subject",
        "body",
        "win-back",
        "thank-you",
        "order.id",
        "ключ",
        "客户",
    ),
)
WORDS = (
    *("order_placed", "7d", "orders > a", "20%", "Teeweg 1", "5", "4.10", "21:00", "true", "a's"),
    *(
        "Leaf & Steam",
        "what # is no comment?",
        "a: b",
        "键值",
        "😀 tea",
        "x, y",
        "[z]",
        "{q}",
        "- d",
    ),
    *('say "hi"', " blank ends ", "one two three four five six seven eight nine ten eleven", ""),
    *(
        "?",
        "*star",
        "&amp",
        "%",
        "@at",
        "#hash",
        "|",
        "two\nlines\n",
        "  deep\n x\n\n",
        "\n\n",
        "k\n\n",
    ),
)
PLAIN = (
    "order_placed",
    "7d",
    "orders > a",
    "20%",
    "Teeweg 1",
    "5",
    "4.10",
    "Leaf & Steam",
    "😀 tea",
)

values: st.SearchStrategy[Data] = st.recursive(
    st.sampled_from(WORDS) | st.none() | st.sampled_from(PLAIN),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)
roots = st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=6)


@dataclass
class Writer:
    """Writes data as YAML, in ways that `chance` decides; each comment has a number of its own."""

    chance: random.Random
    comments: list[str] = field(default_factory=list)
    deepest: int = 99  # where a comment would be a line of the block text before it

    def one_in(self, number: int) -> bool:
        return self.chance.randrange(number) == 0

    def comment(self) -> str:
        marks = self.chance.choice(("# ", "#", "## ", "#: [", "# 键 '", '# "'))
        self.comments.append(f"{marks}c{len(self.comments)}.")
        return self.comments[-1]

    def trailing(self) -> str:
        blanks = self.chance.choice((" ", "  ", "      "))
        return blanks + self.comment() if self.one_in(4) else " " * self.chance.choice((0, 0, 0, 1))

    def between(self, indent: int) -> list[str]:
        """Return blank lines and comments as they may stand before a key or an item."""
        lines: list[str] = []
        while self.one_in(3):
            column = self.chance.choice((indent, indent, 0, indent + 2, max(0, indent - 2)))
            column = min(column, self.deepest - 1)
            lines.append("" if self.one_in(2) else " " * column + self.comment())
        return lines

    def document(self, data: dict[str, Data]) -> str:
        lines = self.between(0)
        if self.one_in(6):
            lines += [f"---{self.trailing()}", *self.between(0)]
        lines += self.mapping(data, 0)
        lines += self.between(0)
        if self.one_in(8):
            lines += [f"...{self.trailing()}", *self.between(0)]
        end = self.chance.choice(("\n", "\n", "", "\n\n\n"))
        return "\n".join(lines) + end

    def mapping(self, data: dict[str, Data], indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in data.items():
            if lines or indent == 0:
                lines += self.between(indent)
            written = self.chance.choice((key, key, key, f'"{key}"', f"'{key}'"))
            lines += self.value(f"{' ' * indent}{written}:", value, indent, in_list=False)
        return lines

    def items(self, data: list[Data], indent: int) -> list[str]:
        lines: list[str] = []
        for value in data:
            if lines:
                lines += self.between(indent)
            lines += self.value(f"{' ' * indent}-", value, indent, in_list=True)
        return lines

    def value(self, head: str, value: Data, indent: int, *, in_list: bool) -> list[str]:
        """Return the lines of a value behind its key or dash."""
        self.deepest = 99
        gap = self.chance.choice((" ", " ", "  ", "\t" if not in_list else " "))
        if value is None:
            return [head + self.chance.choice(("", f"{gap}null", f"{gap}~")) + self.trailing()]
        if isinstance(value, int):
            return [f"{head}{gap}{value}{self.trailing()}"]
        if isinstance(value, str):
            return self.text(head, gap, value, indent)
        if not value or self.one_in(3):
            return self.flow_lines(head, gap, value, indent)
        deeper = indent + self.chance.choice((1, 2, 2, 3, 4))
        if isinstance(value, list):
            if not in_list and self.one_in(2):
                deeper = indent
            block = self.items(value, deeper)
        else:
            block = self.mapping(value, deeper)
        if in_list and self.one_in(2):
            # The block begins behind the dash.
            deeper = indent + 2
            block = (
                self.items(value, deeper)
                if isinstance(value, list)
                else self.mapping(value, deeper)
            )
            return [f"{head} {block[0].lstrip()}", *block[1:]]
        return [head + self.trailing(), *self.between(deeper), *block]

    def text(self, head: str, gap: str, text: str, indent: int) -> list[str]:
        if text in PLAIN and not self.one_in(4):
            if self.one_in(6):
                comment, comments = self.trailing(), self.between(indent + 2)
                return [head + comment, *comments, f"{' ' * (indent + 2)}{text}"]
            tab = "\t" if self.one_in(4) else ""
            return [f"{head}{gap}{text}{tab}{self.trailing()}"]
        if text.strip("\n ") and self.one_in(3) and not text.startswith((" ", "\n")):
            return self.block_text(head, gap, text, indent)
        return [f"{head}{gap}{self.quoted(text)}{self.trailing()}"]

    def block_text(self, head: str, gap: str, text: str, indent: int) -> list[str]:
        deeper = self.chance.choice((1, 2, 3))
        body = text.rstrip("\n")
        ends = len(text) - len(body)
        self.deepest = indent + deeper
        chomp = "-" if ends == 0 else "+" if ends > 1 or self.one_in(2) else ""
        digit = str(deeper) if self.one_in(3) else ""
        lines = [" " * (indent + deeper) + line if line else "" for line in body.split("\n")]
        lines += [""] * (ends - 1 if chomp == "+" else self.chance.choice((0, 0, 1)))
        indicators = self.chance.choice((digit + chomp, chomp + digit))
        return [f"{head}{gap}|{indicators}{self.trailing()}", *lines]

    def quoted(self, text: str) -> str:
        if "\n" not in text and self.one_in(2):
            return "'" + text.replace("'", "''") + "'"
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'

    def flow_lines(self, head: str, gap: str, value: Data, indent: int) -> list[str]:
        """Return a flow collection on one line, or on several."""
        whole = self.flow(value)
        if isinstance(value, list) and value and self.one_in(3):
            margin = " " * (indent + self.chance.choice((1, 2, 5)))
            lines = [f"{head}{gap}["]
            for item in value:
                lines.append(f"{margin}{self.flow(item)},{self.trailing()}")
            return [*lines, f"{margin}]{self.trailing()}"]
        return [f"{head}{gap}{whole}{self.trailing()}"]

    def flow(self, value: Data) -> str:
        blank = self.chance.choice(("", " "))
        if isinstance(value, dict):
            pairs = [f"{key}: {self.flow(inner)}" for key, inner in value.items()]
            return f"{{{blank}{f',{blank}'.join(pairs)}{blank}}}"
        if isinstance(value, list):
            return f"[{blank}{f',{blank}'.join(self.flow(one) for one in value)}{blank}]"
        if value is None:
            return self.chance.choice(("null", "~"))
        if isinstance(value, int):
            return str(value)
        assert isinstance(value, str)
        return value if value in PLAIN and not self.one_in(4) else self.quoted(value)
