"""Klaviyo's template language (in the manner of Django) as the Liquid subset of our messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Final

from playbook_compiler.importing.markdown import Marked
from playbook_compiler.targets.klaviyo import terms
from playbook_compiler.values import dataclass, field

_TAGS = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#.*?#\}", re.DOTALL)
_UNTIL = re.compile(
    r"\{%\s*today\s+'%Y-%m-%d'\s+as\s+today\s*%\}\{\{\s*today\|days_later:(\d{1,4})\s*\}\}"
)
_DEFAULT = re.compile(r"\|\s*default\s*:\s*(?:'([^']*)'|\"([^\"]*)\")")
_COUPON = re.compile(r"coupon_code\s+['\"]([^'\"]+)['\"]")
_UNSUBSCRIBE = re.compile(r"(?:unsubscribe|manage_preferences)(?:\s+['\"]([^'\"]*)['\"])?\s*\Z")
_LOOKUP = re.compile(r"(person|event)\s*\|\s*lookup\s*:\s*['\"]([^'\"]+)['\"]\Z")
_DOTTED = re.compile(r"(person|event)\.([\w.$-]+)\Z")
_LATEST: Final = "offer.valid_until"
_UNREADABLE_DEFAULT = re.compile(r"[{}%\n\r\\]")
_PERSON: Final = {
    **{expression: f"customer.{name}" for name, expression in terms.PERSON.items()},
    "person.first_name": "customer.first_name",
    "person.last_name": "customer.last_name",
    "email": "customer.email",
}
_ORGANIZATION: Final = {
    "organization.name": "sender.name",
    "organization.full_address": "sender_address",
    "organization.url": "sender.url",
}
_DEPTH_LIMIT: Final = 16


@dataclass(slots=True)
class Told:
    """What a text told besides: the coupons and days of validity that it shows, and what could not
    be said, as (what, why)."""

    coupons: list[str] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


# Returns our variable for a field of the event or a property, as (`event`, `SKU`), or None.
FieldOf = Callable[[str, str], str | None]


def marked(text: str, field_of: FieldOf, told: Told, *, html: bool) -> Marked:
    """Return a text whose tags are words; what cannot be said is noted in `told`."""
    stem = "pbtag"
    while stem in text:
        stem += "x"
    reader = _Reader(field_of, told, html, stem)
    return Marked(reader.read(_UNTIL.sub(_until, text)), stem, reader.said)


def _until(found: re.Match[str]) -> str:
    return f"{{{{ ~until:{found[1]} }}}}"


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

    field_of: FieldOf
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
                if name in ("if", "for", "with", "comment", "filter") and len(open_) < 100:
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
        return (self.name(asked.strip()) or "") if kind == "if" else ""

    def variable(self, inside: str) -> str:
        """Return the word of a variable; where we have none, what it says stays visible."""
        if inside.startswith("~until:"):
            self.told.days.append(int(inside.partition(":")[2]))
            return self.word(f"{{{{ {_LATEST} }}}}")
        found = _DEFAULT.search(inside)
        default = (found[1] if found[1] is not None else found[2]) if found is not None else ""
        default = unescape(default) if self.html else default
        bare = _DEFAULT.sub("", inside).strip()
        name = self.name(bare)
        if name is None:
            expression, mark, filters = bare.partition("|")
            name = (
                self.name(expression.strip())
                if mark and expression.strip() not in ("person", "event")
                else None
            )
            if name is not None:
                self.told.left.append(
                    (f"{{{{ {inside} }}}}", f"the filter `{filters.strip()}` is left out")
                )
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

    def name(self, expression: str) -> str | None:
        """Return our variable for one of Klaviyo's expressions."""
        known = _PERSON.get(expression) or _ORGANIZATION.get(expression)
        if known is not None:
            return known
        found = self.field_of("expression", expression)
        if found is not None:
            return found
        said = _LOOKUP.match(expression) or _DOTTED.match(expression)
        return self.field_of(said[1], said[2]) if said is not None else None

    def tag(self, words: str) -> str:
        """Return the word of a tag that stands alone."""
        coupon = _COUPON.match(words)
        if coupon is not None:
            self.told.coupons.append(coupon[1])
            return self.word("{{ offer.code }}")
        if words in ("unsubscribe_link", "manage_preferences_link"):
            return self.word("{{ unsubscribe_url }}")
        leave = _UNSUBSCRIBE.match(words)
        if leave is not None:
            url = self.word("{{ unsubscribe_url }}")
            return f'<a href="{url}">{leave[1] or "Unsubscribe"}</a>' if self.html else url
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
