"""The keys of an engine: from the environment, into the headers of a call, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from playbook_compiler.diagnostics import shown
from playbook_compiler.values import dataclass, field
from playbook_runtime.push.problems import UsageProblem

_SHORTEST = 4
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets by their variable. They stand in no repr and no message."""

    values: Mapping[str, str] = field(repr=False)

    def cleaned(self, text: str) -> str:
        """Return a text in which every key is asterisks, and whatever else looks like one."""
        for secret in sorted(self.values.values(), key=len, reverse=True):
            for form in {secret, quote(secret, safe="")}:
                text = text.replace(form, "*" * 8)
        return shown(text)


def read_keys(variables: tuple[str, ...], environment: Mapping[str, str], title: str) -> Keys:
    """Return the keys of an engine. Raises UsageProblem if one is missing or no key at all."""
    missing = [name for name in variables if not environment.get(name, "").strip()]
    if missing:
        names = " and ".join(missing)
        raise UsageProblem(
            f"{title} needs a key: set {names} in the environment"
            " (not in the playbook, and not on the command line, where others can read it)."
        )
    values = {name: environment[name].strip() for name in variables}
    for name, value in values.items():
        if len(value) < _SHORTEST or not value.isascii() or not value.isprintable():
            raise UsageProblem(
                f"What stands in {name} is no key: a key is letters, digits and signs on one line,"
                f" at least {_SHORTEST} of them."
            )
    return Keys(values)


def read_base(default: str, variable: str, environment: Mapping[str, str]) -> str:
    """Return the address of the engine: https, or http to this machine. Raises UsageProblem."""
    base = environment.get(variable, "").strip().rstrip("/") or default
    try:
        parts = urlsplit(base)
        host, _ = parts.hostname, parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    plain = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not plain or parts.username or parts.query or parts.fragment:
        raise UsageProblem(
            f"{variable} must be an address that begins with https:// and has neither user nor"
            " query, as https://engage.example.com (http:// only to 127.0.0.1)."
        )
    return base
