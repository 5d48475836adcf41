"""What an author may write for a value: scalars, lists, mappings and choices between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playbook_compiler.cut import cut_items, cut_values
from playbook_compiler.diagnostics import shown
from playbook_compiler.document import Data
from playbook_compiler.lost_keys import ODD_SPACE, odd_space
from playbook_compiler.meant import (
    condition_in_parts,
    is_prose,
    mapping_for_list,
    note_comment_in_text,
    note_curly_quotes,
    refuse_list_of,
    why_no_id,
)
from playbook_compiler.reading import (
    ID_PATTERN,
    INVALID,
    Invalid,
    Kind,
    Node,
    did_you_mean,
    several,
    suggested_id,
    with_article,
)
from playbook_compiler.references import Reference
from playbook_compiler.scalars import quoted
from playbook_compiler.spellings import Spelling
from playbook_compiler.values import dataclass

_BOOLEANS = {
    **dict.fromkeys(("true", "yes", "on", "y"), "true"),
    **dict.fromkeys(("false", "no", "off", "n"), "false"),
}
_ONLY_WRITE = re.compile(r"write `([^`]+)`")


@dataclass(frozen=True, slots=True)
class Scalar(Kind):
    """A scalar with a parser: text in, value or a sentence (str) out.

    `rule` names the finding, `pattern` is a loose ECMA pattern for editors; numbers without quotes
    are allowed where `numeric`. `instead` returns how a text that was refused is spelled, `advice`
    the help line for it, which is a spelling too where it says no more than what to write.
    """

    name: str
    says: str
    parse: Callable[[str], Any]
    rule: str
    pattern: str = ""
    numeric: bool = False
    advice: Callable[[str], str] = lambda text: ""
    instead: Callable[[str], Spelling | None] = lambda text: None

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> Any:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        value = self.parse(text)
        if isinstance(value, str):
            spaced = self._odd_space(node, text, value)
            if spaced is not None:
                return spaced
            advice = self.advice(text)
            only = _ONLY_WRITE.fullmatch(advice)
            spelling = Spelling(only[1]) if only is not None else self.instead(text)
            if spelling is not None and isinstance(self.parse(spelling.text), str):
                spelling = None  # it breaks another rule, too
            return node.refuse(
                self.rule,
                f"`{shown(text)}`: {value}",
                caption=value,
                help=advice or _told(spelling),
                fix=node.rewritten(spelling.text, safe=spelling.safe) if spelling else None,
            )
        return value

    def _odd_space(self, node: Node, text: str, why: str) -> Invalid | None:
        """Note a text that would do, were it not for a character that looks like a space."""
        odd = ODD_SPACE.search(text)
        if odd is None:
            return None
        plain = ODD_SPACE.sub("" if odd[0] == "\u200b" else " ", text).strip()
        squeezed = plain.replace(" ", "")
        if self.parse(squeezed) == self.parse(plain):
            plain = squeezed  # no quotes are needed
        found = self.instead(plain) or Spelling(squeezed)
        spelling = found if isinstance(self.parse(plain), str) else Spelling(plain)
        if isinstance(self.parse(spelling.text), str):
            return None
        return node.refuse(
            self.rule,
            f"`{shown(ODD_SPACE.sub(' ', text))}`: {why}",
            caption=why,
            help=f"it holds {odd_space(odd[0])}: write `{shown(spelling.text)}`",
            fix=node.rewritten(spelling.text, safe=spelling.safe),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        types: Any = ["string", "number"] if self.numeric else "string"
        definitions[self.name] = {"type": types, "description": self.says}
        if self.pattern:
            definitions[self.name]["pattern"] = self.pattern
        return {"$ref": f"#/$defs/{self.name}"}


def _told(spelling: Spelling | None) -> str:
    """Return the help line for a spelling: sure of it, or only guessing."""
    if spelling is None:
        return ""
    written = f"`{shown(spelling.text)}`"
    return f"write {written}" if spelling.safe else f"did you mean {written}?"


@dataclass(frozen=True, slots=True)
class Text(Kind):
    """Free text; numbers and words without quotes are taken as they are written."""

    says: str = "text"
    limit: int = 20_000

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or not text.strip():
            return node.refuse_shape(self.expects)
        if len(text) > self.limit:
            return node.refuse("too-long", f"text longer than {self.limit:,} characters")
        if is_prose(node):
            note_comment_in_text(node)
            note_curly_quotes(node)
        return text

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": ["string", "number", "boolean"], "description": self.says}


@dataclass(frozen=True, slots=True)
class Identifier(Kind):
    """An id that is given here: small letters, digits and dashes, a letter first."""

    @property
    def expects(self) -> str:
        return "an id such as coupon-test"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if not re.fullmatch(ID_PATTERN, text):
            return node.refuse(
                "bad-id",
                f"`{shown(text)}` cannot be an id",
                caption=why_no_id(text),
                help=suggested_id(text),
            )
        return text

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{ID_PATTERN}$"}


@dataclass(frozen=True, slots=True)
class Flag(Kind):
    """true or false."""

    @property
    def expects(self) -> str:
        return "true or false"

    def read(self, node: Node) -> bool | Invalid:
        if isinstance(node.data, bool):
            return node.data
        meant = _BOOLEANS.get((node.text or "").casefold())
        return node.refuse_shape(
            self.expects,
            f"write `{meant}`" if meant else "",
            fix=node.replaced(meant) if meant else None,
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Integer(Kind):
    """A whole number between two bounds, both allowed."""

    least: int
    most: int

    @property
    def expects(self) -> str:
        return f"a whole number from {self.least:,} to {self.most:,}"

    def read(self, node: Node) -> int | Invalid:
        if not isinstance(node.data, int) or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if not self.least <= node.data <= self.most:
            return node.refuse(
                "out-of-range",
                f"{shown(node.data)} is not {self.expects}",
                caption=f"expected {self.least:,} to {self.most:,}",
            )
        return node.data

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Word(Kind):
    """One word of a closed list.

    `also` is another form that may stand in its place, read by another kind; `instead` returns it
    for a text that means it.
    """

    words: tuple[str, ...]
    noun: str = "one of these words"
    also: str = ""
    instead: Callable[[str], Spelling | None] = lambda text: None

    @property
    def expects(self) -> str:
        return f"{self.noun}: {self._listed}"

    @property
    def _listed(self) -> str:
        return ", ".join(self.words) + (f" or {self.also}" if self.also else "")

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text in self.words:
            return text
        if text is None:
            return node.refuse_shape(self.expects)
        other = self.instead(text)
        return node.refuse(
            "unknown-word",
            f"`{shown(text)}` is not {self.noun}",
            caption=f"expected {self._listed}",
            help=_told(other) or did_you_mean(text, self.words),
            fix=node.replaced(other.text, safe=other.safe)
            if other
            else node.respelled(text, self.words),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class ConditionText(Kind):
    """A condition on a customer, or on the shop (in `enter`)."""

    where: str = "customer"

    @property
    def expects(self) -> str:
        return "a condition such as `orders >= 2 and days_since_last_order > 60`"

    def read(self, node: Node) -> Any:
        text = node.text
        if text is None or isinstance(node.data, bool):
            meant = condition_in_parts(node.data)
            return node.refuse_shape(
                self.expects,
                f"a condition is one text: write `{shown(meant)}`" if meant else "",
                fix=node.rewritten_whole(quoted(meant)) if meant else None,
            )
        condition, found = node.known.condition(text, self.where, node.origin)
        node.findings.extend(found)
        return INVALID if condition is None else condition

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        definitions["condition"] = {"type": "string", "description": self.expects}
        return {"$ref": "#/$defs/condition"}


@dataclass(frozen=True, slots=True)
class ListOf(Kind):
    """A list; with `single`, one item may stand without the brackets. Read as a tuple."""

    item: Kind
    single: bool = False
    least: int = 0

    @property
    def expects(self) -> str:
        return f"a list of {several(self.item.expects)}"

    def read(self, node: Node) -> tuple[Any, ...] | Invalid:
        if not isinstance(node.data, list):
            if self.single and node.data is not None:
                value = self.item.read(node)
                return INVALID if value is INVALID else (value,)
            if refuse_list_of(node, several(self.item.expects)):
                return INVALID
            return node.refuse_shape(self.expects)
        if len(node.data) < self.least:
            return node.refuse_shape(f"{several(self.item.expects)}, at least {self.least}")
        cut, read = cut_items(node), self.item.read
        items = enumerate(node.data)
        values = [INVALID if i in cut else read(node.child(i, data)) for i, data in items]
        return INVALID if INVALID in values else tuple(values)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        item = self.item.schema(definitions)
        array: dict[str, Any] = {"type": "array", "items": item}
        if self.least:
            array["minItems"] = self.least
        return {"anyOf": [array, item]} if self.single else array


@dataclass(frozen=True, slots=True)
class MapOf(Kind):
    """A mapping with keys of the author's choice, read as a dict in the order of its keys.

    With `names`, the keys have to be known ids, as the channels in `message_costs`.
    """

    value: Kind
    pattern: str = ID_PATTERN
    noun: str = "id"
    least: int = 0
    names: Reference | None = None

    @property
    def expects(self) -> str:
        return f"{self.value.expects} for each {self.noun}"

    def read(self, node: Node) -> dict[str, Any] | Invalid:
        if not isinstance(node.data, dict):
            return node.refuse_shape(self.expects, mapping_for_list(node.data))
        if len(node.data) < self.least:
            return node.refuse_shape(f"{with_article(self.noun)} by name, at least {self.least}")
        values: dict[str, Any] = {}
        cut = cut_values(node, ())
        for name in sorted(node.data):
            child = node.child(name, node.data[name])
            if name in cut:
                values[name] = INVALID
                continue
            if not re.fullmatch(self.pattern, name.removeprefix(f"{node.document.tactic}/")):
                one = with_article(self.noun)
                what = one if self.noun == "id" else f"the name of {one}"
                values[name] = child.refuse(
                    "bad-id",
                    f"`{shown(name)}` cannot be {what}",
                    span=node.document.key_span(child.path),
                    caption=why_no_id(name),
                    help=suggested_id(name),
                )
                continue
            values[name] = self.value.read(child)
            if self.names is not None:
                key_span = node.document.key_span(child.path)
                if self.names.look_up(node, name, key_span) is INVALID:
                    values[name] = INVALID
        return INVALID if INVALID in values.values() else values

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        schema: dict[str, Any] = {
            "type": "object",
            "propertyNames": {"pattern": f"^{self.pattern}$"},
            "additionalProperties": self.value.schema(definitions),
        }
        if self.least:
            schema["minProperties"] = self.least
        return schema


@dataclass(frozen=True, slots=True)
class Custom(Kind):
    """Several shapes in one place: the first alternative whose `fits` holds reads the node."""

    says: str
    alternatives: tuple[tuple[Callable[[Data], bool], Kind], ...]

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> Any:
        for fits, kind in self.alternatives:
            if fits(node.data):
                return kind.read(node)
        return node.refuse_shape(self.says)

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"anyOf": [kind.schema(definitions) for _, kind in self.alternatives]}


@dataclass(frozen=True, slots=True)
class Anything(Kind):
    """A node that is kept as it is: read by a later phase, or not simulated yet."""

    says: str = "anything"

    @property
    def expects(self) -> str:
        return self.says

    def read(self, node: Node) -> Data:
        return node.data

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"description": self.says}
