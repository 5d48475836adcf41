"""What law asks of marketing e-mails, put into imported texts: a way out, and an address."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from playbook_compiler.importing.imported import Data, Notes
from playbook_compiler.template import parse_template, variables

TO_FILL_IN = "(fill in your postal address)"
_ENDS = re.compile(r"[\s.·|–—•-]+\Z")
_WAY_OUT = re.compile(r"^(.*?)\[[^\]\n]*\]\(\{\{ unsubscribe_url", re.MULTILINE)
_STOPS = re.compile(r"\s*(?:[·|•\n]|\\\n|\[|\{\{|\{%)")


def with_law(
    notes: Notes,
    messages: Mapping[str, Data],
    name: str,
    told: Sequence[str],
    paths: Mapping[str, str],
    why: str,
) -> str:
    """Return the sender's postal address; marketing mails say it and how to unsubscribe.

    `told` are addresses that the engine's footers say, `paths` the messages' places in the input;
    `why` says why the input has no such line.
    """
    mails = {
        one: data
        for one, data in messages.items()
        if data.get("channel") == "email" and data.get("kind") == "marketing" and data.get("body")
    }
    bodies = [str(data["body"]) for data in mails.values()]
    address = _address(name, told, bodies)
    if not address:
        address = _before_the_way_out(bodies)
        if address:
            notes.assumed(
                "sender",
                f"`{address}` as the sender's postal address",
                "all marketing mails have it in front of the way to unsubscribe",
                "correct `sender: {address: ...}` if it is something else",
            )
    if address:
        for data in messages.values():
            if isinstance(data.get("body"), str):
                data["body"] = str(data["body"]).replace(address, "{{ sender_address }}")
    asked = False
    for one, data in mails.items():
        body = str(data["body"])
        said = {found for found, _, _ in variables(parse_template(body)[0] or ())}
        lines = []
        if not said & {"sender_address", "sender.address"}:
            lines.append("{{ sender_address }}")
        if "unsubscribe_url" not in said:
            lines.append("[Unsubscribe]({{ unsubscribe_url }})")
        if lines:
            data["body"] = f"{body.rstrip()}\n\n---\n\n{' · '.join(lines)}\n"
            notes.assumed(
                paths.get(one, one),
                f"the last line of the message `{one}`",
                f"its text has no postal address or no way to unsubscribe: {why}",
                "put them where you want them",
            )
        asked = asked or bool(mails)
    if asked and not address:
        notes.assumed(
            "sender",
            f"`sender: {{address: {TO_FILL_IN}}}`",
            "the input does not tell the postal address",
            "write it: law asks for it",
        )
        return TO_FILL_IN
    return address


def _address(name: str, told: Sequence[str], bodies: Sequence[str]) -> str:
    """Return the address that most footers and texts say behind the sender's name."""
    found = [one.removeprefix(f"{name}, ") for one in told if one]
    if not found:
        for body in bodies:
            for rest in re.split(re.escape(f"{name}, "), body)[1:]:
                line = _ENDS.sub("", _STOPS.split(rest, maxsplit=1)[0])
                if re.search(r"\d", line) and 6 <= len(line) <= 200:
                    found.append(line)
    counted = Counter(found)
    return min(counted, key=lambda one: (-counted[one], one)) if counted else ""


def _before_the_way_out(bodies: Sequence[str]) -> str:
    """Return what all mails say in their line in front of the link to unsubscribe, if it has a
    number as addresses do; else nothing."""
    lines = {_ENDS.sub("", one[1].strip()) for body in bodies if (one := _WAY_OUT.search(body))}
    said = lines.pop() if len(lines) == 1 else ""
    is_address = re.search(r"\d", said) and 6 <= len(said) <= 200 and "{" not in said
    return said if is_address else ""
