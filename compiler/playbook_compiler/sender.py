"""`sender:` who writes to the customers: a name, an address of e-mail, and where the shop is."""

from __future__ import annotations

import re
from typing import Final

from playbook_compiler.diagnostics import shown
from playbook_compiler.kinds import Scalar
from playbook_compiler.reading import Invalid, Node
from playbook_compiler.records import Record, key
from playbook_compiler.spellings import Spelling
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import TEXT

EMAIL_LIMIT: Final = 254  # RFC 5321, 4.5.3.1.3, without its angle brackets
URL_LIMIT: Final = 2_000
# Letters of any alphabet: names of hosts are written so since RFC 5890.
_HOST: Final = r"(?:[^\W_](?:[^\W_]|-(?!\.)){0,62}\.)+[^\W\d_](?:[^\W_]|-){1,62}"
# What mail systems take, not all that RFC 5322 allows (quoted names, comments).
_EMAIL: Final = re.compile(rf"[^\s@<>(),;:\\\"\[\]{{}}]{{1,64}}@{_HOST}")
_URL: Final = re.compile(rf"https://{_HOST}(?::[0-9]{{1,5}})?(?:[/?#][^\s<>\"{{}}]*)?")


def is_email(text: str) -> bool:
    """Whether a text has the form of an address of e-mail."""
    return len(text) <= EMAIL_LIMIT and _EMAIL.fullmatch(text) is not None


def is_web_address(text: str) -> bool:
    """Whether a text has the form of an https address on the internet."""
    return len(text) <= URL_LIMIT and _URL.fullmatch(text) is not None


class _Address(Scalar):
    """A Scalar whose value is its text. `parse` tells whether the text has the form."""

    def read(self, node: Node) -> str | Invalid:
        text = node.text
        if text is None or isinstance(node.data, bool):
            return node.refuse_shape(self.expects)
        if self.parse(text):
            return text
        spelling = self.instead(text)
        return node.refuse(
            self.rule,
            f"`{shown(text)}` is not {self.expects}",
            caption=f"expected {self.expects}",
            help=f"write `{shown(spelling.text)}`" if spelling else "",
            fix=node.rewritten(spelling.text, safe=spelling.safe) if spelling else None,
        )


def _https(text: str) -> Spelling | None:
    """Return `https://leaf.example` for `leaf.example` and for `http://leaf.example`."""
    meant = f"https://{re.sub(r'^http://', '', text, flags=re.IGNORECASE)}"
    return Spelling(meant, safe=False) if is_web_address(meant) else None


def _email_alone(text: str) -> Spelling | None:
    """Return the address in `mailto:hello@leaf.example` or `Leaf <hello@leaf.example>`."""
    found = re.fullmatch(r"(?:mailto:|[^<>]*<)(?P<email>[^<>\s]+)>?", text)
    if found is None or not is_email(found["email"]):
        return None
    return Spelling(found["email"], safe=False)


EMAIL: Final = _Address(
    "email",
    "an address of e-mail such as hello@leaf.example",
    is_email,
    "bad-address",
    "@",
    instead=_email_alone,
)
SITE: Final = _Address(
    "site",
    "an https address such as https://leaf.example",
    is_web_address,
    "bad-address",
    "^https://",
    instead=_https,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender(Record):
    """Who writes to the customers; law wants the address in every marketing mail."""

    name: str = key(TEXT, "The name that readers see.")
    email: str = key(EMAIL, "The address that mails come from.")
    address: str = key(TEXT, "The postal address.", default="")
    url: str = key(SITE, "The shop on the internet, for links in letters.", default="")
