"""Tags of an engine's templates as the Liquid subset of our messages, whatever the engine.

What differs between engines is a `Grammar`: the names of variables, what an `if` asks, and tags
that stand alone. The rest is the same: defaults, blocks, what is left out and said to be.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Final

from playbook_compiler.importing.markdown import Marked
from playbook_compiler.values import dataclass, field

_TAGS = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.DOTALL)
_DEFAULT = re.compile(r"\|\s*default\s*:\s*(?:'([^']*)'|\"([^\"]*)\")")
_UNREADABLE_DEFAULT = re.compile(r"[{}%\n\r\\]")
_LATEST: Final = "offer.valid_until"
_BLOCKS: Final = ("if", "unless", "for", "with", "comment", "filter", "case", "capture", "raw")
_DEPTH_LIMIT: Final = 100


@dataclass(slots=True)
class Told:
    """What a text told besides: the coupons and days of validity that it shows, and what could not
    be said, as (what, why)."""

    coupons: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Grammar:
    """What one engine's tags mean. `until` finds the tags of an offer's last day, group 1 being
    the days, or seconds where `until_seconds`; `name` returns our variable of an expression,
    `asked` that of an `if`; `harmless` are filters that change nothing that people read. `alone`
    returns what stands for a tag in ours, as text and as HTML, None where it is unknown."""

    name: Callable[[str], str | None]
    asked: Callable[[str], str | None]
    alone: Callable[[str, Told], tuple[str, str] | None]
    until: re.Pattern[str]
    until_seconds: bool = False
    harmless: frozenset[str] = frozenset()


def marked(text: str, grammar: Grammar, told: Told, *, html: bool) -> Marked:
    """Return a text whose tags are words; what cannot be said is noted in `told`."""
    stem = "pbtag"
    while stem in text:
        stem += "x"

    def until(found: re.Match[str]) -> str:
        days = int(found[1]) // 86_400 if grammar.until_seconds else int(found[1])
        return f"{{{{ ~until:{days} }}}}"

    reader = _Reader(grammar, told, html, stem)
    return Marked(reader.read(grammar.until.sub(until, text)), stem, reader.said)


@dataclass(slots=True)
class _Open:
    """A block whose end has not come: its tag, the text before it, our variable (empty: it cannot
    be said), how much had been told before it, and the text before its `else`."""

    head: str
    before: list[str]
    said: str
    told: int
    then: list[str] | None = None


@dataclass(slots=True)
class _Reader:
    """One text while its tags become words."""

    grammar: Grammar
    told: Told
    html: bool
    stem: str
    said: dict[str, str] = field(default_factory=dict)

    def read(self, text: str) -> str:
        """Return a text with words in place of tags; blocks that cannot be said are left out."""
        open_: list[_Open] = []
        parts: list[str] = []
        position = 0
        for tag in _TAGS.finditer(text):
            parts.append(text[position : tag.start()])
            position = tag.end()
            if tag[1] is not None:
                parts.append(self.variable(tag[1].strip()))
            elif tag[2] is not None:
                words = tag[2].strip().strip("-").strip()
                name = words.partition(" ")[0]
                if name in _BLOCKS and len(open_) < _DEPTH_LIMIT:
                    told = len(self.told.left)
                    open_.append(_Open(words, parts, self.condition(words), told))
                    parts = []
                elif name in ("else", "elif", "elsif", "empty") and open_:
                    block = open_[-1]
                    if name in ("elif", "elsif"):
                        block.said = ""
                    block.then = parts if block.then is None else [*block.then, *parts]
                    parts = []
                elif name.startswith("end") and open_:
                    parts = self.closed(open_.pop(), parts)
                else:
                    parts.append(self.tag(words))
        parts.append(text[position:])
        while open_:  # never closed: the texts stay
            block = open_.pop()
            self.told.left.append((f"{{% {block.head} %}}", "the tag is never closed"))
            parts = [*block.before, *(block.then or []), *parts]
        return "".join(parts)

    def closed(self, block: _Open, last: list[str]) -> list[str]:
        """Return what stands before a block, with the block's texts where they can be said."""
        if block.said:
            first, second = (last, None) if block.then is None else (block.then, last)
            found = [*block.before, self.word(f"{{% if {block.said} %}}"), *first]
            if second is not None:
                found += [self.word("{% else %}"), *second]
            return [*found, self.word("{% endif %}")]
        if block.then is None:
            del self.told.left[block.told :]  # of what is left out as a whole
            self.told.left.append((f"{{% {block.head} %}}", "the text in it is left out"))
            return block.before
        self.told.left.append((f"{{% {block.head} %}}", "the text after `else` stands alone"))
        return [*block.before, *last]

    def condition(self, words: str) -> str:
        """Return our variable of an `if`, empty where it asks for something else."""
        kind, _, asked = words.partition(" ")
        return (self.grammar.asked(asked.strip()) or "") if kind == "if" else ""

    def variable(self, inside: str) -> str:
        """Return the word of a variable; where we have none, what it says stays visible."""
        if inside.startswith("~until:"):
            self.told.days.append(int(inside.partition(":")[2]))
            return self.word(f"{{{{ {_LATEST} }}}}")
        found = _DEFAULT.search(inside)
        default = (found[1] if found[1] is not None else found[2]) if found is not None else ""
        default = unescape(default) if self.html else default
        expression, *filters = (one.strip() for one in _DEFAULT.sub("", inside).split("|"))
        filters = [one for one in filters if one and one not in self.grammar.harmless]
        name = self.grammar.name("|".join([expression, *filters]))
        if name is None and filters:
            name = self.grammar.name(expression)
            if name is not None:
                what = f"the filter `{' | '.join(filters)}` is left out"
                self.told.left.append((f"{{{{ {inside} }}}}", what))
        if name is None:
            self.told.left.append((f"{{{{ {inside} }}}}", "there is no such variable here"))
            return self.word(f"⟨{_plain(inside)}⟩")
        if (
            not default
            or _UNREADABLE_DEFAULT.search(default)
            or ("'" in default and '"' in default)
        ):
            return self.word(f"{{{{ {name} }}}}")
        quote = "'" if '"' in default else '"'
        return self.word(f"{{{{ {name} | default: {quote}{default}{quote} }}}}")

    def tag(self, words: str) -> str:
        """Return the word of a tag that stands alone."""
        known = self.grammar.alone(words, self.told)
        if known is not None:
            text = known[1] if self.html else known[0]
            return re.sub(r"\{\{.*?\}\}", lambda one: self.word(one[0]), text)
        self.told.left.append((f"{{% {words} %}}", "the language has no such tag"))
        return self.word(f"⟨{_plain(words)}⟩") if words else ""

    def word(self, what: str) -> str:
        """Return the word that stands for a tag of ours."""
        word = f"{self.stem}{len(self.said)}z"
        self.said[word] = what
        return word


def _plain(text: str) -> str:
    """Return a tag's words as they may stand in any text."""
    return re.sub(r"[^\w .|:$-]+", " ", text)[:60].strip()
