"""What a secret looks like, and its place taken by asterisks, so that no output repeats it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a service publishes about its keys.

    `kind` is what a message calls one, `variable` where it belongs. A key begins with one of the
    `marks`, which are looked for as plain text: patterns over every file would cost more than
    reading it. `rest` is what follows.
    """

    kind: str
    variable: str
    marks: tuple[str, ...]
    rest: re.Pattern[str]


def _shape(kind: str, variable: str, marks: str, rest: str) -> _Shape:
    return _Shape(kind, variable, tuple(marks.split("|")), re.compile(rest))


_SHAPES = (
    _shape("Klaviyo private key", "KLAVIYO_API_KEY", "pk_", r"(?:[A-Za-z0-9]+_)?[0-9a-f]{34}\b"),
    _shape("Stripe secret key", "STRIPE_API_KEY", "sk_live_|rk_live_", r"[A-Za-z0-9]{16,}\b"),
    _shape("Slack token", "SLACK_TOKEN", "xox", r"[abeprs]-[A-Za-z0-9-]{10,}"),
    _shape("AWS access key", "AWS_ACCESS_KEY_ID", "AKIA|ASIA", r"[0-9A-Z]{16}\b"),
    _shape("Shopify token", "SHOPIFY_TOKEN", "shpat_|shpca_|shppa_|shpss_", r"[0-9a-fA-F]{32}\b"),
    _shape("SendGrid key", "SENDGRID_API_KEY", "SG.", r"[\w-]{16,}\.[\w-]{16,}"),
    _shape("Mailgun key", "MAILGUN_API_KEY", "key-", r"[0-9a-f]{32}\b"),
    _shape("Resend key", "RESEND_API_KEY", "re_", r"[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}\b"),
    _shape("GitHub token", "GITHUB_TOKEN", "ghp_|gho_|ghr_|ghs_|ghu_", r"[A-Za-z0-9]{36}\b"),
    _shape("GitHub token", "GITHUB_TOKEN", "github_pat_", r"\w{40,}"),
    _shape("Google key", "GOOGLE_API_KEY", "AIza", r"[\w-]{35}"),
    _shape("webhook secret", "WEBHOOK_SECRET", "whsec_", r"[A-Za-z0-9+/=]{16,}"),
    _shape("signed token", "API_TOKEN", "eyJ", r"[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+"),
    _shape("private key", "PRIVATE_KEY", "-----BEGIN ", r"[A-Z ]*PRIVATE KEY-----"),
)
_MARKED = tuple((shape, mark) for shape in _SHAPES for mark in shape.marks)
# Anything long that mixes letters and digits behind a key that says that it is secret.
_TELLING = (
    *("apikey", "api_key", "api-key", "accesskey", "access_key", "access-key"),
    *("secret", "token", "password", "passwd"),
)
_NAMED = re.compile(
    r"[\"']?[ \t]*[:=][ \t]*[\"']?(?=[^\s\"',}\]]{0,99}[0-9])(?=[^\s\"',}\]]{0,99}[A-Za-z])"
    r"([\w+/=~-]{20,200})"
)


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A stretch [start, end) of a text that looks like a secret, and where it belongs instead."""

    start: int
    end: int
    kind: str
    variable: str


def secrets_in(text: str) -> list[Secret]:
    """Return everything in a text that looks like a key or password, from left to right."""
    found: list[Secret] = []
    # Most texts hold none of the marks: asking that first is four times faster.
    for shape, mark in [pair for pair in _MARKED if pair[1] in text]:
        for start in _occurrences(text, mark):
            if _continues(text, start):
                continue
            rest = shape.rest.match(text, start + len(mark))
            if rest is not None:
                found.append(Secret(start, rest.end(), shape.kind, shape.variable))
    covered = {secret.start for secret in found}
    lower = text.lower() if text.isascii() else re.sub("[A-Z]+", _lower, text)
    for telling in [word for word in _TELLING if word in lower]:
        for start in _occurrences(lower, telling):
            value = _NAMED.match(text, start + len(telling))
            if value is not None and value.start(1) not in covered:
                found.append(Secret(*value.span(1), "secret", "PLAYBOOK_API_KEY"))
    return sorted(found)


def _occurrences(text: str, word: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + len(word))


def _continues(text: str, start: int) -> bool:
    """Return whether a word goes on at `start` rather than begins there."""
    return start > 0 and (text[start - 1].isalnum() or text[start - 1] in "_-")


def _lower(match: re.Match[str]) -> str:
    """Return ASCII letters in lower case: `str.lower` changes the length of some other texts."""
    return match[0].lower()


def redact(text: str) -> str:
    """Return a text of the same length in which every secret is asterisks."""
    for secret in secrets_in(text):
        width = secret.end - secret.start
        text = text[: secret.start] + "*" * width + text[secret.end :]
    return text
