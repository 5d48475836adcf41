"""A campaign as a flow: events in a tree, joined by jumps, as steps to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.condition_tokens import written
from playbook_compiler.facts import ValueType
from playbook_compiler.importing.imported import Notes
from playbook_compiler.importing.markdown import inert_line, inner, markdown_of
from playbook_compiler.importing.names import fact_name, id_of
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.importing.tags import Grammar, Told, marked
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.values import dataclass, field

Event = Mapping[str, Any]
_UNITS: Final = {"i": "min", "h": "h", "d": "d", "m": "mo", "y": "y"}
_SIGNS: Final = {
    "=": "=",
    "eq": "=",
    "!=": "!=",
    "neq": "!=",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
}
_OURS = re.compile(r"playbook: ([^/\n]*)/([^\n]*)")
_SHORT = re.compile(r"\{([a-z_]+)(?:=([A-Za-z0-9_]+)(?:\|([^{}|]*))?)?\}")
HOLDOUT: Final = "pb_holdout"
_DECISIONS: Final = {"email.click": "link_clicked", "email.open": "message_opened"}
_PERSON: Final = {"firstname": "first_name", "lastname": "last_name", "email": "email"}
_FOOTER = re.compile(r'<p style="font-size:12px;color:#666">(.*?)</p>\s*\Z', re.DOTALL)


@dataclass(slots=True)
class Names:
    """Facts by the alias of a contact field, those of the shop's own with their types."""

    facts: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    stand_ins: dict[str, str] = field(default_factory=dict)

    def fact(self, alias: str, label: str, kind: str) -> str | None:
        """Return the fact of a field, declared with its type; None where it has another."""
        name = label.removeprefix("playbook: ") if label.startswith("playbook: ") else alias
        built_in = BUILT_IN.facts.get(name)
        if built_in is not None:
            number = built_in.type in (
                ValueType.INTEGER,
                ValueType.NUMBER,
                ValueType.MONEY,
                ValueType.DAYS,
            )
            return name if kind == "?" or number == (kind == "number") else None
        own = self.fields.setdefault(
            alias, fact_name(name, "field", {*BUILT_IN.facts, *self.facts})
        )
        if self.facts.setdefault(own, kind) == "?":
            self.facts[own] = kind
        return own if kind in ("?", self.facts[own]) else None

    def stand_in(self, key: str) -> str:
        """Return the fact that stands for what the language cannot say."""
        if key not in self.stand_ins:
            name = fact_name(f"mautic_filter_{len(self.stand_ins) + 1}", "fact", self.facts)
            self.stand_ins[key] = name
            self.facts[name] = "boolean"
        return self.stand_ins[key]


@dataclass(slots=True)
class Campaign:
    """One campaign while it is read. `messages` are those of all campaigns, `booleans` the contact
    fields that are yes or no."""

    data: Mapping[str, Any]
    flow: str
    path: str
    names: Names
    notes: Notes
    messages: dict[str, dict[str, Written]]
    addresses: list[str]
    senders: list[tuple[str, str]]
    labels: Mapping[str, str]
    held_out: list[str]
    booleans: frozenset[str] = frozenset()
    events: dict[str, Event] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)
    children: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)

    def read(self) -> str | None:
        """Make the blocks of the campaign, and return the first."""
        for number, event in enumerate(_listed(self.data, "campaign_event")):
            id_ = str(event.get("id"))
            self.events.setdefault(id_, event)
            self.paths.setdefault(id_, f"{self.path}/campaign_event/{number}")
        for id_, event in self.events.items():
            parent = event.get("parent_id")
            way = str(event.get("decisionPath") or "")
            key = str(parent) if parent else ""
            self.children.setdefault(key, {}).setdefault(way, []).append(id_)
        first = self.way("", "")
        for id_ in self.events:
            self.make(id_)
        return first

    def way(self, id_: str, path: str) -> str | None:
        """Return the event on a way out of another one; several side by side are noted."""
        found = self.children.get(id_, {}).get(path, [])
        for other in found[1:]:
            self.notes.left(
                self.paths[other], f"the event `{self.events[other].get('name')}`",
                "it runs beside another one: a flow goes one way at a time",
                "put it after the other, or into a flow of its own",
            )  # fmt: skip
        return found[0] if found else None

    def make(self, id_: str) -> None:
        """Make the block of an event, with the wait in front of it."""
        event = self.events[id_]
        interval, unit = (
            event.get("trigger_interval"),
            _UNITS.get(str(event.get("trigger_interval_unit"))),
        )
        waits = (
            event.get("trigger_mode") == "interval" and isinstance(interval, int) and interval > 0
        )
        block = self.block(id_, event)
        if not (waits and unit) or (block.kind == "wait" and block.ways and len(block.ways) == 2):
            self.blocks[id_] = block
            return
        self.blocks[f"{id_}~do"] = block
        self.blocks[id_] = Block(
            "wait", {"wait": Bare(f"{interval}{unit}")}, (Way("", f"{id_}~do"),)
        )

    def block(self, id_: str, event: Event) -> Block:
        kind, said = str(event.get("type")), _OURS.match(str(event.get("description") or ""))
        wanted = said[2] if said is not None else ""
        properties = event.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        after = self.way(id_, "")
        if kind == "campaign.jump_to_event":
            target = str(properties.get("jumpToEvent"))
            return Block(NOTHING, {}, (Way("", target if target in self.events else None),))
        if wanted and event.get("name") == "leave the flow":  # it ends there anyway
            return Block(NOTHING, {}, (Way("", None),))
        if event.get("event_type") == "condition":
            text = self.condition(id_, event, properties)
            if not text:  # the holdout alone
                return Block(NOTHING, {}, (Way("", self.way(id_, "yes")),))
            return Block(
                "if",
                {"if": text},
                (Way("then", self.way(id_, "yes")), Way("else", self.way(id_, "no"))),
                wanted,
            )
        if kind in _DECISIONS:
            late = self.way(id_, "no")
            waited = self.events[late] if late is not None else {}
            interval, unit = (
                waited.get("trigger_interval"),
                _UNITS.get(str(waited.get("trigger_interval_unit"))),
            )
            length = (
                f"{interval}{unit}" if isinstance(interval, int) and interval > 0 and unit else "7d"
            )
            if late is not None:
                after_late = f"{late}~do"
                late = after_late if unit and interval else late
            data: dict[str, Written] = {
                "wait": {"until": _DECISIONS[kind], "at_most": Bare(length)}
            }
            return Block(
                "wait",
                data,
                (Way("happened", self.way(id_, "yes")), Way("timed_out", late)),
                wanted,
            )
        match kind:
            case "email.send":
                return Block(
                    "send", {"send": self.message(properties, id_)}, (Way("", after),), wanted
                )
            case "lead.changetags":
                return self.tags(id_, properties, after, wanted)
        yes = self.way(id_, "yes") or after
        self.notes.left(
            self.paths[id_], f"an event of the type `{kind}` (`{event.get('name')}`)",
            "the language has no such step", "the flow goes on without it",
        )  # fmt: skip
        return Block(NOTHING, {}, (Way("", yes),))

    def tags(
        self, id_: str, properties: Mapping[str, Any], after: str | None, wanted: str
    ) -> Block:
        steps: list[dict[str, Written]] = []
        for key, deed in (("add_tags", "tag"), ("remove_tags", "untag")):
            for tag in properties.get(key) or ():
                text = str(tag)
                if text.startswith("task: ") and deed == "tag":
                    steps.append({"task": text.removeprefix("task: ")[:1_000]})
                elif text.strip() and text.isprintable():
                    steps.append({"update": {deed: text[:100]}})
        if not steps:
            return Block(NOTHING, {}, (Way("", after),))
        for number in range(len(steps), 1, -1):
            place = f"{id_}~step-{number}"
            self.blocks[place] = Block(
                next(iter(steps[number - 1])), steps[number - 1], (Way("", after),)
            )
            after = place
        return Block(next(iter(steps[0])), steps[0], (Way("", after),), wanted)

    def condition(self, id_: str, event: Event, properties: Mapping[str, Any]) -> str:
        """Return what a condition asks; a fact stands for what cannot be said."""
        kind = event.get("type")
        if kind == "lead.tags" and isinstance(properties.get("tags"), list):
            tags = [str(one) for one in properties["tags"] if str(one).isprintable() and one]
            if tags:
                return " or ".join(f"tags has {written(one)}" for one in tags)
        if kind == "lead.field_value":
            text = self.compared(properties)
            if text:
                return text
        if kind == "lead.segments":
            filtered = self.segments(properties)
            if filtered is not None:
                return filtered
        fact = self.names.stand_in(f"{self.flow} {id_}")
        self.notes.left(
            self.paths[id_],
            f"the condition `{event.get('name')}`",
            "its segment or field cannot be said",
            f"`{fact}` stands for it: fill it in for each customer, or write the condition",
        )  # fmt: skip
        return fact

    def segments(self, properties: Mapping[str, Any]) -> str | None:
        """Return the filters of the segments that a condition asks, empty where all pass; None
        where one of them cannot be said."""
        found: list[str] = []
        for number in properties.get("segments") or ():
            lists = _listed(self.data, "lists")
            one = next((one for one in lists if one.get("id") == number), None)
            text = self.filters(one) if one is not None else None
            if text is None:
                return None
            found += [text] if text else []
        return " or ".join(found)

    def filters(self, segment: Mapping[str, Any]) -> str | None:
        """Return a segment's filters: `or` begins a new group of those that hold together."""
        groups: list[list[str]] = [[]]
        for one in _listed(segment, "filters"):
            if one.get("field") == HOLDOUT:
                self.held_out.append(self.path)
                continue
            properties = one.get("properties")
            inside = properties.get("filter") if isinstance(properties, dict) else None
            value = one.get("filter") if inside is None else inside
            kind, operator = str(one.get("type")), str(one.get("operator"))
            text = self.filter(str(one.get("field")), operator, value, kind)
            if not text:
                return None
            if one.get("glue") == "or" and groups[-1]:
                groups.append([])
            groups[-1].append(text)
        return " or ".join(" and ".join(group) for group in groups if group)

    def filter(self, alias: str, operator: str, value: Any, kind: str) -> str:
        """Return one filter as a condition, empty where it cannot be said."""
        days = re.fullmatch(r"-([0-9]{1,5}) days", str(value))
        if alias == "pb_last_order" and kind == "date":
            sign = {"lte": ">=", "gt": "<"}.get(operator)
            return f"days_since_last_order {sign} {days[1]}" if sign and days is not None else ""
        if kind == "boolean" and str(value) in ("0", "1") and operator in ("=", "!="):
            fact = self.named(alias, "boolean")
            yes = (str(value) == "1") == (operator == "=")
            return f"{fact} = {'true' if yes else 'false'}" if fact else ""
        return self.compared({"field": alias, "operator": operator, "value": value})

    def named(self, alias: str, kind: str) -> str | None:
        """Return the fact of a field; None for one of ours that stands for something else."""
        label = self.labels.get(alias, "")
        ours = label.startswith("playbook: ") and not alias.startswith(("pb_is_", "pb_split_"))
        return self.names.fact(alias, label, kind) if ours or not alias.startswith("pb_") else None

    def compared(self, properties: Mapping[str, Any]) -> str:
        """Return a comparison of a contact field, empty where it cannot be said."""
        alias, operator, value = (properties.get(key) for key in ("field", "operator", "value"))
        if not isinstance(alias, str):
            return ""
        if operator in ("empty", "!empty"):
            fact = self.named(alias, "?")
            return f"{fact} is {'unknown' if operator == 'empty' else 'known'}" if fact else ""
        sign, text = _SIGNS.get(str(operator)), str(value)
        if alias in self.booleans and text in ("0", "1") and sign in ("=", "!="):
            fact = self.named(alias, "boolean")
            yes = (text == "1") == (sign == "=")
            return f"{fact} = {'true' if yes else 'false'}" if fact else ""
        number = re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?", text) is not None
        fact = self.named(alias, "number" if number else "text")
        if sign is None or fact is None or not text or not text.isprintable():
            return ""
        if number:
            return f"{fact} {sign} {text}"
        return f"{fact} {sign} {written(text)}" if sign in ("=", "!=") else ""

    def message(self, properties: Mapping[str, Any], id_: str) -> str:
        number = properties.get("email")
        email = next((one for one in _listed(self.data, "email") if one.get("id") == number), None)
        if email is None:
            self.notes.left(self.paths[id_], "an e-mail", "it is not in the archive", "write it")
            name = id_of(f"email-{number}", "message")
            self.messages.setdefault(name, {"channel": "email", "kind": "marketing"})
            return name
        title = str(email.get("description") or "").removeprefix("playbook: ") or str(
            email.get("name")
        )
        told = Told()
        grammar = Grammar(self.variable, lambda _: None, lambda words, _: None, _NEVER)
        html = _as_tags(inner(str(email.get("custom_html") or "")))
        footer = _FOOTER.search(html)
        if footer is not None:
            self.addresses.append(
                re.sub(r"<[^>]*>|\{\{.*?\}\}", "", footer[1].partition("<br>")[0])
                .replace("&amp;", "&")
                .strip()
            )
            html = f"{html[: footer.start()]}<hr />\n<p>{footer[1]}</p>\n"
        text = marked(html, grammar, told, html=True)
        body, same = markdown_of(text)
        if not same:
            self.notes.changed(
                self.paths[id_], f"the design of the e-mail `{title}`",
                "a message is Markdown: its words are here, its columns and colours not",
                "compare it",
            )  # fmt: skip
        kind = "transactional" if properties.get("email_type") == "transactional" else "marketing"
        marketing = "unsubscribe" in html or kind == "marketing"
        found: dict[str, Written] = {
            "channel": "email",
            "kind": "marketing" if marketing else "transactional",
        }
        for key, source in (("subject", "subject"), ("preview", "preheader_text")):
            line = marked(
                _as_tags(" ".join(str(email.get(source) or "").split())), grammar, told, html=False
            )
            value = line.filled(inert_line(line.text))
            if value:
                found[key] = value[:1_000]
        filled = text.filled(body)
        if filled:
            found["body"] = f"{filled}\n" if "\n" in filled else filled
        for what, why in told.left:
            self.notes.left(
                self.paths[id_], f"`{what}` in the text", why, "write what should stand there"
            )
        self.senders.append(
            (str(email.get("from_address") or ""), str(email.get("from_name") or ""))
        )
        name, number_ = id_of(title, "message"), 2
        base = name
        while self.messages.get(name, found) != found:
            name = f"{base[:58]}-{number_}"
            number_ += 1
        self.messages[name] = found
        return name

    def variable(self, expression: str) -> str | None:
        if expression == "unsubscribe_url":
            return "unsubscribe_url"
        alias = expression.removeprefix("contactfield.")
        if alias in _PERSON:
            return f"customer.{_PERSON[alias]}"
        if not expression.startswith("contactfield."):
            return None
        fact = self.named(alias, "?")
        return None if fact is None else f"customer.{fact}"


_NEVER = re.compile(r"(?!)(\d)")


def _as_tags(text: str) -> str:
    """Return Mautic's `{contactfield=x|default}` as variables of Liquid."""

    def tag(found: re.Match[str]) -> str:
        name = f"contactfield.{found[2]}" if found[1] == "contactfield" and found[2] else found[1]
        if name == "unsubscribe_text":
            return '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'
        default = (found[3] or "").replace("'", "’")
        return f"{{{{ {name} | default: '{default}' }}}}" if default else f"{{{{ {name} }}}}"

    return _SHORT.sub(tag, text)


def _listed(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = data.get(key)
    return [one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict)]
