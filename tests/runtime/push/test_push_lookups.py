"""Lookups: a push says what each is, what can be given, and refuses what cannot be right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.push.engine_running import Running, running


@pytest.fixture
def klaviyo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch) as found:
        found.edit("[{send: thanks}]", "[{task: Write a card by hand}, {send: thanks}]")
        yield found


NEEDED = "  --lookup 'mailbox.team=...'  e-mail address of those who carry out the tasks\n"


def test_the_plan_says_what_each_is(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo")
    assert f"To be given, once:\n{NEEDED}" in done.stdout
    asked = "  metric `Subscribed to Email Marketing`: signing up is subscribing to e-mail\n"
    assert asked in done.stdout
    plan = json.loads(klaviyo.run("push", "klaviyo", "--output-format", "json").stdout)
    assert plan["lookups"]["notes"]["mailbox.team"].startswith("e-mail address")


def test_a_push_without_them_says_so_too(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert (done.returncode, NEEDED in done.stderr) == (2, True)
    assert klaviyo.world.calls == 0


@pytest.mark.parametrize("given", ["metric.=", "metric.=M1", "mailbx.team=a@b.example", "=", ""])
def test_what_is_not_needed_is_answered_with_what_is(klaviyo: Running, given: str) -> None:
    done = klaviyo.run("push", "klaviyo", "--lookup", given)
    assert done.returncode == 2
    assert "These can be given:\n" in done.stderr
    assert NEEDED in done.stderr


@pytest.mark.parametrize("value", ["team", "@", "team@", "@shop.example"])
def test_a_mailbox_is_an_e_mail_address(klaviyo: Running, value: str) -> None:
    done = klaviyo.run("push", "klaviyo", "--lookup", f"mailbox.team={value}")
    assert done.returncode == 2
    assert f"`{value}` is no e-mail address. Write one, as" in done.stderr
    done = klaviyo.run("push", "klaviyo", "--lookup", "mailbox.team=team@shop.example")
    assert done.returncode == 0


def test_a_lookup_without_a_value_is_told_with_what_is_wanted(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo", "--lookup", "mailbox.team")
    assert done.returncode == 2
    assert "there is no value behind the `=`. Write:\n" + NEEDED in done.stderr


def test_an_empty_value_is_told_with_what_is_wanted(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo", "--lookup", "mailbox.team=")
    assert "there is no value behind the `=`. Write:\n" + NEEDED in done.stderr
