"""The sender's postal address in imported mails: it is a line of text there, and a key here."""

from __future__ import annotations

from typing import Any

import pytest

from playbook_compiler.importing.imported import Notes
from playbook_compiler.importing.law import TO_FILL_IN, with_law

OUT = "[Leave]({{ unsubscribe_url }})"


def read(*bodies: str) -> tuple[str, list[str], Notes]:
    """Return the address, the bodies afterwards, and what was noted."""
    notes = Notes()
    messages: dict[str, dict[str, Any]] = {
        f"mail-{number}": {"channel": "email", "kind": "marketing", "body": body}
        for number, body in enumerate(bodies)
    }
    address = with_law(notes, messages, "Leaf", (), {}, "the engine adds it")
    return address, [str(one["body"]) for one in messages.values()], notes


@pytest.mark.parametrize(
    "line", ["Leaf, Teeweg 1, Berlin · {}", "Teeweg 1, Berlin {}", "Teeweg 1, Berlin · {}"]
)
def test_the_address_is_found_behind_the_name_or_before_the_way_out(line: str) -> None:
    address, bodies, _ = read(f"Tea is here.\n\n{line.format(OUT)}\n")
    assert address == "Teeweg 1, Berlin"
    (body,) = bodies
    assert "{{ sender_address }}" in body
    assert "Teeweg" not in body
    assert body.count("unsubscribe_url") == 1


def test_what_stands_before_the_way_out_is_said_to_be_a_guess() -> None:
    _, _, notes = read(f"Tea.\n\nTeeweg 1, Berlin {OUT}")
    (note,) = notes.found
    assert note.what == "`Teeweg 1, Berlin` as the sender's postal address"


@pytest.mark.parametrize(
    "bodies",
    [
        (f"Tea.\n\nNo more mails? {OUT}",),
        (f"Tea.\n\nTeeweg 1, Berlin {OUT}", f"Tea.\n\nOnly 3 days left {OUT}"),
        (f"Tea.\n\nOrder {{{{ order.id }}}} of 2026 {OUT}",),
        (f"Tea.\n\n{OUT}",),
    ],
)
def test_other_lines_are_no_address(bodies: tuple[str, ...]) -> None:
    address, after, _ = read(*bodies)
    assert address == TO_FILL_IN
    for body, written in zip(bodies, after, strict=True):
        assert written.startswith(body.rstrip())
        assert "{{ sender_address }}" in written
