"""What a `call` step calls: an https address, or a variable of the environment that holds it."""

from __future__ import annotations

import re
from typing import Any, Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.kinds import ListOf, Scalar, Word
from playbook_compiler.reading import Invalid, Kind, Node, did_you_mean
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.values import dataclass

VARIABLE: Final = re.compile(r"[A-Z][A-Z0-9_]{2,62}")
_HOST = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}", re.IGNORECASE
)
_ADDRESS_LIMIT = 2_000
# Who knows one of these addresses may post to it: the path is the password.
_TELLING_PATHS = (
    "hooks.slack.com/services/",
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "hooks.zapier.com/hooks/catch/",
    "maker.ifttt.com/trigger/",
    "outlook.office.com/webhook/",
)
_TELLING_KEYS = re.compile(
    r"[?&](?:[a-z_-]*(?:token|secret|password|signature|apikey|api_key|api-key)|key|sig|auth)=",
    re.IGNORECASE,
)
_EXPECTED = (
    "expected an address that begins with https://, or the name of a variable of the environment"
    " such as CRM_HOOK"
)
_IN_ENVIRONMENT = (
    "put the whole address into a variable of the environment and write its name: call: CRM_HOOK"
)


def parse_address(text: str) -> str | tuple[str, str]:
    """Return an https address or the name of a variable; else what is wrong and what to write."""
    if VARIABLE.fullmatch(text):
        return text
    scheme, mark, rest = text.partition("://")
    if not mark or scheme.lower() not in ("http", "https") or len(text) > _ADDRESS_LIMIT:
        example = f"https://{text}" if _HOST.match(text) and " " not in text else ""
        return _EXPECTED, f"write `{example}`" if example else ""
    if scheme.lower() == "http":
        return "over http anyone on the way can read it: expected https://", (
            f"write `https://{rest}`"
        )
    host, _, path = re.sub(r"[?#].*", "", rest, flags=re.DOTALL).partition("/")
    if "@" in host or _TELLING_KEYS.search(rest) or _is_secret(f"{host}/{path}"):
        return "whoever knows this address can use it, so that it is a secret", _IN_ENVIRONMENT
    name, _, port = host.partition(":")
    if not _HOST.fullmatch(name) or (port and not port.isdecimal()) or re.search(r"\s", text):
        return "this is no address on the internet: expected https://shop.example/path", ""
    return text


def _is_secret(place: str) -> bool:
    return any(place.lower().startswith(path) for path in _TELLING_PATHS)


@dataclass(frozen=True, slots=True)
class _Address(Scalar):
    """A Scalar whose refusals each have their own advice."""

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        found = parse_address(text)
        if isinstance(found, str):
            return found
        why, advice = found
        # The address itself may be the secret: it is not repeated.
        return node.refuse(self.rule, f"this address cannot be called: {why}", help=advice,
                           caption=why.partition(":")[0])  # fmt: skip


ADDRESS: Final = _Address(
    "address",
    "an https address, or the name of a variable of the environment that holds it",
    lambda text: text,
    "bad-address",
)


@dataclass(frozen=True, slots=True)
class MessageVariable(Kind):
    """The name of a fact or of a message variable that the step's flow knows."""

    @property
    def expects(self) -> str:
        return "a fact or message variable such as email, orders or order.id"

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        known = frozenset(node.known.variables(node.origin))
        if text in known:
            return text
        return node.refuse(
            "unknown-variable",
            f"unknown variable `{shown(text)}`",
            caption="neither a fact nor a message variable",
            help=did_you_mean(text, known)
            or "own fields are declared under `facts:`, an event's are read as trigger.FIELD",
            fix=node.respelled(text, known),
        )

    def schema(self, definitions: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "description": self.expects}


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Record):
    """A call of another system over https."""

    url: str = key(ADDRESS, "The https address, or the variable of the environment that holds it.")
    method: str = key(
        Word(("POST", "PUT", "PATCH", "GET"), "a method"), "The HTTP method.", default="POST"
    )
    fields: tuple[str, ...] = key(
        ListOf(MessageVariable(), single=True),
        "What is sent along: facts and message variables. The customer's id always is.",
        default=(),
    )


WEBHOOK: Final = RecordOf(Webhook, "a call", shorthand="url")
