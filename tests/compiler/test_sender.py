"""`sender:` takes addresses that have the form of one, and says what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook_compiler.driver import compile_playbook
from playbook_compiler.sender import is_email, is_web_address

PLAYBOOK = """\
playbook: 1
name: leaf
currency: EUR
timezone: Europe/Berlin
sender: {{name: Leaf, email: {email}, address: "Teeweg 1, Berlin", url: "{url}"}}
flows: {{}}
"""


@pytest.mark.parametrize(
    "text", ["hello@leaf.example", "h.e+l_l-o@mail.leaf.co.uk", "tee@müller.example", "a@b-c.de"]
)
def test_addresses_of_e_mail(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "hello@leaf",
        "@leaf.example",
        "hello@",
        "hello@leaf..example",
        "a b@leaf.example",
        "hello@-leaf.example",
        "hello@leaf-.example",
        "a@b@leaf.example",
        "{{x}}@leaf.example",
        f"{'a' * 65}@leaf.example",
        f"hello@{'a.' * 130}example",
    ],
)
def test_what_is_no_address_of_e_mail(text: str) -> None:
    assert not is_email(text)


@pytest.mark.parametrize(
    "text",
    ["https://leaf.example", "https://leaf.example:8080/en?a=b#c", "https://müller.example/"],
)
def test_addresses_of_a_shop(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "leaf.example",
        "http://leaf.example",
        "https://localhost",
        "javascript:alert(1)",
        "https://leaf.example/{{ x }}",
        "https://me@leaf.example",
        "https://leaf.example/a b",
    ],
)
def test_what_is_no_address_of_a_shop(text: str) -> None:
    assert not is_web_address(text)


@pytest.mark.parametrize(
    ("email", "url", "message", "advice"),
    [
        (
            '"Leaf <hello@leaf.example>"',
            "https://leaf.example",
            "`Leaf <hello@leaf.example>` is not an address of e-mail such as hello@leaf.example",
            "write `hello@leaf.example`",
        ),
        (
            "hello@leaf.example",
            "leaf.example/tea",
            "`leaf.example/tea` is not an https address such as https://leaf.example",
            "write `https://leaf.example/tea`",
        ),
        (
            "hello@leaf.example",
            "http://leaf.example",
            "`http://leaf.example` is not an https address such as https://leaf.example",
            "write `https://leaf.example`",
        ),
        ("leaf", "https://leaf.example", None, ""),
    ],
)
def test_wrong_addresses_say_what_to_write(
    tmp_path: Path, email: str, url: str, message: str | None, advice: str
) -> None:
    path = tmp_path / "playbook.yaml"
    path.write_text(PLAYBOOK.format(email=email, url=url), encoding="utf-8")
    (found,) = [one for one in compile_playbook(str(path)).diagnostics if one.is_error]
    assert found.rule == "bad-address"
    assert message is None or found.message == message
    assert found.help == advice
    assert (found.fix is not None) is bool(advice)


def test_a_right_sender_is_kept_as_written(tmp_path: Path) -> None:
    path = tmp_path / "playbook.yaml"
    text = PLAYBOOK.format(email="hello@leaf.example", url="https://leaf.example/tea")
    path.write_text(
        f"{text}  it: {{trigger: sign_up, steps: []}}\n".replace("{}\n ", "\n "), "utf-8"
    )
    graph = compile_playbook(str(path)).graph
    assert graph is not None
    assert graph.playbook.sender is not None
    assert graph.playbook.sender.url == "https://leaf.example/tea"
