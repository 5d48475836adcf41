"""E-mails of Mautic as messages: HTML and tokens as Markdown and variables."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from playbook_compiler.importing.engines.mautic.reading import Reading, Row, listed
from playbook_compiler.importing.markdown import inert_line, inner, markdown_of
from playbook_compiler.importing.names import id_of
from playbook_compiler.importing.tags import Grammar, Told, marked
from playbook_compiler.printing_yaml import Written

_SHORT = re.compile(r"\{([a-z_]+)(?:=([A-Za-z0-9_]+)(?:\|([^{}|]*))?)?\}")
_PERSON: Final = {"firstname": "first_name", "lastname": "last_name", "email": "email"}
_FOOTER = re.compile(r'<p style="font-size:12px;color:#666">(.*?)</p>\s*\Z', re.DOTALL)
_NEVER = re.compile(r"(?!)(\d)")


def message_of(reading: Reading, data: Row, properties: Row, path: str) -> str:
    """Return the message of an action that sends an e-mail, its texts kept in `reading`."""
    number = properties.get("email")
    email = next((one for one in listed(data, "email") if one.get("id") == number), None)
    if email is None:
        reading.notes.left(path, "an e-mail", "it is not in the archive", "write it")
        name = id_of(f"email-{number}", "message")
        reading.messages.setdefault(name, {"channel": "email", "kind": "marketing"})
        return name
    title = str(email.get("description") or "").removeprefix("playbook: ") or str(email.get("name"))
    told = Told()
    grammar = Grammar(partial(variable, reading), lambda _: None, lambda words, _: None, _NEVER)
    html = _as_tags(inner(str(email.get("custom_html") or "")))
    footer = _FOOTER.search(html)
    if footer is not None:
        reading.addresses.append(
            re.sub(r"<[^>]*>|\{\{.*?\}\}", "", footer[1].partition("<br>")[0])
            .replace("&amp;", "&")
            .strip()
        )
        html = f"{html[: footer.start()]}<hr />\n<p>{footer[1]}</p>\n"
    text = marked(html, grammar, told, html=True)
    body, same = markdown_of(text)
    if not same:
        reading.notes.changed(
            path, f"the design of the e-mail `{title}`",
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
        reading.notes.left(path, f"`{what}` in the text", why, "write what should stand there")
    reading.senders.append(
        (str(email.get("from_address") or ""), str(email.get("from_name") or ""))
    )
    name, number_ = id_of(title, "message"), 2
    base = name
    while reading.messages.get(name, found) != found:
        name = f"{base[:58]}-{number_}"
        number_ += 1
    reading.messages[name] = found
    return name


def variable(reading: Reading, expression: str) -> str | None:
    """Return our variable of a token."""
    if expression == "unsubscribe_url":
        return "unsubscribe_url"
    alias = expression.removeprefix("contactfield.")
    if alias in _PERSON:
        return f"customer.{_PERSON[alias]}"
    if not expression.startswith("contactfield."):
        return None
    fact = reading.names.named(alias, "?")
    return None if fact is None else f"customer.{fact}"


def _as_tags(text: str) -> str:
    """Return Mautic's `{contactfield=x|default}` as variables of Liquid."""

    def tag(found: re.Match[str]) -> str:
        name = f"contactfield.{found[2]}" if found[1] == "contactfield" and found[2] else found[1]
        if name == "unsubscribe_text":
            return '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'
        default = (found[3] or "").replace("'", "’")
        return f"{{{{ {name} | default: '{default}' }}}}" if default else f"{{{{ {name} }}}}"

    return _SHORT.sub(tag, text)
