"""What people set in Mautic and a playbook has no word for: listed, with what to do by hand."""

from __future__ import annotations

import re
from collections.abc import Set
from html import unescape
from typing import Any, Final

from playbook_compiler.importing.engines.mautic.mails import title_of
from playbook_compiler.importing.engines.mautic.reading import Row, head_of, listed
from playbook_compiler.importing.imported import Notes
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of Mautic's: what it is to a person, why it is not here, and what to do by hand."""

    name: str
    what: str
    why: str
    advice: str


_DAYS = "it goes on until somebody switches it off"
_CAMPAIGN: Final = (
    _Key("publish_up", "the day on which it begins", f"a flow has none: {_DAYS}",
         "switch the flow on that day"),
    _Key("publish_down", "the day on which it ends", f"a flow has none: {_DAYS}",
         "switch the flow off that day"),
)  # fmt: skip
_SENDER = "a playbook has one sender, and answers go to it"
_MAIL: Final = (
    _Key("reply_to_address", "the address for answers", _SENDER, "set it where mails are sent"),
    _Key("bcc_address", "the address that gets a copy", "a message goes to the customer alone",
         "set it where mails are sent"),
    _Key("use_owner_as_mailer", "the contact's owner as its sender", _SENDER,
         "set it where mails are sent"),
    _Key("utm_tags", "the tags of its links", "links stand in a message as they are",
         "write them into the links"),
    _Key("headers", "its own headers", "a message has none", "set them where mails are sent"),
    _Key("publish_up", "the day from which it is sent", "a message has none",
         "switch the flow on that day"),
    _Key("publish_down", "the day until which it is sent", "a message has none",
         "switch the flow off that day"),
    _Key("unsubscribeform_id", "the form for those who leave", "a link stands in its place",
         "set the form where mails are sent"),
    _Key("preference_center_id", "the page on which customers choose", "a link stands in its place",
         "set the page where mails are sent"),
)  # fmt: skip
# Older versions' words for keys above.
_ALSO: Final = {"reply_to_address": "reply_to", "bcc_address": "bcc"}
_KIN: Final = (
    _Key("variant_parent_id", "", "it is one side of an A/B test of another e-mail",
         "write a `split` with both messages"),
    _Key("translation_parent_id", "", "it is the translation of another e-mail",
         "write a message for each language, and a `branch` that chooses"),
)  # fmt: skip
_LISTS: Final = ("campaign_event", "lists", "email", "lead_field", "dependencies", "forms")
_ADDRESS = re.compile(r"\{[^{}]*\}|<?\b\w+://\S+|mailto:\S+")
_UNSEEN = re.compile(r"<(style|script|head)\b.*?</\1>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")


def note_foreign(notes: Notes, data: Row, path: str, sent: Set[str]) -> None:
    """List what a campaign and its e-mails have and a playbook has not. `sent` are the numbers of
    the e-mails that come in."""
    head = head_of(data)
    _note_keys(notes, head, _CAMPAIGN, f"{path}/campaign", f"campaign `{head.get('name')}`")
    for name in _LISTS:
        value = data.get(name)
        items = value if isinstance(value, list) else [] if value is None else [value]
        if value not in (None, {}) and not isinstance(value, list):
            notes.left(f"{path}/{name}", f"`{name}`", "it is no list", "export the campaign again")
        elif not all(isinstance(one, dict) for one in items):
            notes.left(
                f"{path}/{name}", f"some of `{name}`", "they are no objects",
                "export the campaign again",
            )  # fmt: skip
    for number, row in enumerate(listed(data, "email")):
        place, what = f"{path}/email/{number}", f"the e-mail `{title_of(row)}`"
        kin = next((key for key in _KIN if is_set(row.get(key.name))), None)
        if str(row.get("id")) in sent:
            _note_keys(notes, row, _MAIL, place, f"e-mail `{title_of(row)}`")
            _note_text(notes, row, place)
        elif kin is not None:
            notes.left(place, what, kin.why, kin.advice)
        else:
            notes.left(
                place, what, "nothing that came in sends it",
                "write a message and a step that sends it",
            )  # fmt: skip


def is_set(value: Any) -> bool:
    """Return whether a value of Mautic's says anything: its forms keep empty ones of any depth."""
    if isinstance(value, dict):
        return any(map(is_set, value.values()))
    if isinstance(value, list):
        return any(map(is_set, value))
    return value not in (None, "", False, 0, "0")


def _note_keys(notes: Notes, row: Row, keys: tuple[_Key, ...], path: str, owner: str) -> None:
    for key in keys:
        if is_set(row.get(key.name)) or is_set(row.get(_ALSO.get(key.name, key.name))):
            notes.left(path, f"`{key.name}` of the {owner}", f"{key.what}: {key.why}", key.advice)


def _note_text(notes: Notes, row: Row, path: str) -> None:
    """List texts of an e-mail that its message does not have."""
    html, plain = str(row.get("custom_html") or ""), str(row.get("plain_text") or "")
    if not html.strip():
        notes.left(
            path, f"the text of the e-mail `{title_of(row)}`",
            "Mautic's builder keeps it elsewhere, and the archive holds none",
            "copy it out of Mautic into the message",
        )  # fmt: skip
    elif _words(plain) - _words(_seen(html)):
        notes.left(
            path, f"the plain text of the e-mail `{title_of(row)}`",
            "it says what the HTML does not: a message has one text, made of the HTML",
            "compare them",
        )  # fmt: skip


def _seen(html: str) -> str:
    """Return the words that a reader of HTML sees."""
    shown = _UNSEEN.sub(" ", html)
    return unescape(_TAG.sub("", shown) + " " + _TAG.sub(" ", shown) + " ".join(_ALT.findall(html)))


def _words(text: str) -> frozenset[str]:
    """Return the words of a text without addresses, tokens and signs."""
    return frozenset(re.findall(r"[^\W\d_]{2,}", _ADDRESS.sub(" ", unescape(text)).lower()))
