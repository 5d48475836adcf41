"""A preview of a message on the screen: its lines, and beside it what was filled in."""

from __future__ import annotations

from collections.abc import Collection

from playbook_compiler.diagnostics import shown
from playbook_compiler.export.pieces import plain_name
from playbook_compiler.model import Message
from playbook_runtime.preview import Preview

BEGINNING = "Preview of "
PAGE_MARK = "<!-- playbook preview -->"
_CHANNELS = {"email": "e-mail", "sms": "SMS", "push": "push"}


def preview_text(message: Message, preview: Preview, how: str) -> str:
    """Return a preview as text. `how` says with which offer, or for which engine."""
    wording = preview.wording
    channel = _CHANNELS.get(message.channel, message.channel)
    lines = [f"{BEGINNING}{message.id}: {channel}, {message.kind}{how}", ""]
    if wording.subject:
        lines.append(f"Subject: {wording.subject}")
    if wording.preview:
        lines.append(f"Preview: {wording.preview}")
    if wording.subject or wording.preview:
        lines.append("")
    lines.append(wording.text.strip("\n"))
    return _printable("\n".join(lines)) + "\n"


def marked_page(page: str) -> str:
    """Return a page with the mark by which an earlier preview is recognised."""
    first, rest = page.split(">", 1)
    return f"{first}>{PAGE_MARK}{rest}"


def is_preview(content: bytes) -> bool:
    """Whether a file is an earlier preview, as text or as page."""
    return content.startswith(BEGINNING.encode()) or PAGE_MARK.encode() in content[:200]


def values_text(preview: Preview, source: str) -> str:
    """Return what stood for each variable. `source` says where the values come from."""
    given = [one for one in preview.said if one.value]
    missing = [one for one in preview.said if not one.value]
    width = max((len(one.name) for one in preview.said), default=0)
    lines = []
    if given:
        lines.append(f"Values ({source}):")
        lines += [f"  {shown(one.name).ljust(width)}  {shown(one.value)}" for one in given]
    if missing:
        lines.append("Missing:")
        for one in missing:
            instead = "nothing stands there"
            if one.default:
                instead = f'the default "{shown(one.default)}" stands there'
            elif one.optional:
                instead = "the text for those without it stands there"
            lines.append(f"  {shown(one.name).ljust(width)}  {instead}")
    return "".join(f"{line}\n" for line in lines)


def unused_text(given: Collection[str], preview: Preview) -> str:
    """Return which values that were given, by their plain names, the message does not say."""
    said = {plain_name(one.name) for one in preview.said}
    said |= {name.removeprefix("trigger.") for name in said}
    idle = ", ".join(shown(name) for name in given if name not in said)
    return f"Not used by this message: {idle}\n" if idle else ""


def left_out_text(preview: Preview, title: str) -> str:
    """Return what an engine leaves out of a message, a line each."""
    if not preview.left_out:
        return ""
    lines = [f"Left out in {title}:", *(f"  {shown(one)}" for one in preview.left_out)]
    return "".join(f"{line}\n" for line in lines)


def _printable(text: str) -> str:
    """Return a text without characters that move or recolour a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)
