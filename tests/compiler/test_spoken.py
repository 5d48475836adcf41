"""The playbook in words: conditions, triggers, steps and sections as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, flow, playbook

from playbook_compiler.spoken.conditions import condition_words
from playbook_compiler.spoken.flows import outline, rules
from playbook_compiler.spoken.lengths import length
from playbook_compiler.spoken.records import keys_told
from playbook_compiler.spoken.sections import section
from playbook_compiler.spoken.triggers import trigger_words
from playbook_compiler.units import Duration

MORE = """\
facts: {has_account: boolean, favourite: text, renewal: date}
audiences: {core: orders > 2}
offers: {code: {percent_off: 10%, valid: 14d}}
"""


@pytest.mark.parametrize(
    ("duration", "words"),
    [
        (Duration(seconds=36 * 3600), "36 hours"),
        (Duration(months=14, days=1), "1 year and 2 months and 1 day"),
        (Duration(days=7, seconds=5400), "7 days and 1 hour and 30 minutes"),
        (Duration(), "no time"),
    ],
)
def test_a_length_in_words(duration: Duration, words: str) -> None:
    assert length(duration) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("orders >= 3", "the number of orders is at least 3"),
        ("revenue > 20", "the sum of all orders is more than 20 EUR"),
        (
            "days_since_last_order = 1",
            "the number of days since the latest order is 1 day",
        ),
        ("has_account", '"has_account" is yes'),
        ("renewal > 2026-12-01", '"renewal" is after 2026-12-01'),
        ("favourite is unknown", '"favourite" is unknown'),
        ("tags has vip", '"tags" contains "vip"'),
        (
            "rfm in (champion, loyal)",
            'the RFM segment is one of: "champion", "loyal"',
        ),
        ("revenue in top 20%", "the sum of all orders is among the highest 20% of all customers"),
        (
            "aov between 20 and 80",
            "the average order value is between 20 EUR and 80 EUR (both included)",
        ),
        (
            "expected_orders(90d) > 1.5",
            "the expected orders within 90 days is more than 1.5",
        ),
        (
            "bought(category tea) within 90d",
            'the customer bought the category "tea" within the last 90 days',
        ),
        ("event(product_browsed)", 'the event "product_browsed" happened at any time'),
        (
            "order has category = tea",
            'the order has a line of which "category" is "tea"',
        ),
        (
            "holds(code)",
            'the customer has an unused, valid code of the offer "code"',
        ),
        (
            "not (orders = 1 or has_account) and audience(core)",
            (
                'it is not so that (the number of orders is 1 or "has_account" is yes) and '
                'the customer belongs to the audience "core"'
            ),
        ),
        (
            "orders = 1 and (has_account or tags has vip)",
            'the number of orders is 1 and ("has_account" is yes or "tags" contains "vip")',
        ),
    ],
)
def test_a_condition_in_words(tmp_path: Path, written: str, words: str) -> None:
    found = playbook(
        tmp_path,
        f"{HEAD}{MORE}{MESSAGES}flows:\n  it:\n    trigger: sign_up\n    audience: {written}\n"
        "    steps: [send: hello]\n",
    )
    audience = found.flows["it"].audience
    assert audience is not None
    assert condition_words(audience, found.currency) == words


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ("sign_up", 'the event "sign_up" happens'),
        (
            "{event: product_browsed, at_least: 2, within: 7d}",
            'the event "product_browsed" has happened 2 times within 7 days',
        ),
        ("{inactive_for: 120d}", "the latest order becomes 120 days old"),
        (
            "{date: birthday, before: 3d}",
            "3 days before the birthday, at 00:00 of the customer's day",
        ),
        (
            "{date: 12-01}",
            "on 12-01 (month-day) of every year, at 00:00 of the customer's day",
        ),
        ("{date: 2026-12-01, after: 1d}", "1 day after 2026-12-01, at 00:00 of the customer's day"),
        (
            "{every: 2w on tue at 09:00}",
            (
                "every 2 weeks on Tuesday at 09:00 of the customer's time, counted from Monday "
                "1970-01-05"
            ),
        ),
        (
            "{every: month on 31}",
            (
                "every month on day 31 (a month that lacks it: its last day) at 09:00 of the "
                "customer's time"
            ),
        ),
        (
            "{replenishment: typical interval}",
            (
                "the goods of an order are used up: after the customer's own typical "
                "interval between orders"
            ),
        ),
    ],
)
def test_a_trigger_in_words(tmp_path: Path, trigger: str, words: str) -> None:
    assert trigger_words(flow(tmp_path, trigger).trigger) == words


def test_the_outline_numbers_steps_and_ways(tmp_path: Path) -> None:
    steps = (
        "[{wait: 1d}, {if: orders > 1, then: [{send: hello}, exit], else: []}, "
        "{wait: {until: link_clicked, at_most: 7d}}]"
    )
    found = playbook(
        tmp_path, f"{HEAD}{MESSAGES}flows:\n  it:\n    trigger: sign_up\n    steps: {steps}\n"
    )
    lines = [(one.shown_number, one.text) for one in outline(found.flows["it"], found)]
    assert lines == [
        ("1", "Wait 1 day"),
        ("2", "Ask whether the number of orders is more than 1"),
        ("2.1", "If yes:"),
        ("2.1.1", 'Send "hello" (email)'),
        ("2.1.2", "End here"),
        ("2.2", "If no, or if that is not known: go on with the next step"),
        ("3", 'Wait until the event "link_clicked" happens, at most 7 days'),
    ]


def test_the_rules_tell_the_defaults_too(tmp_path: Path) -> None:
    found = playbook(
        tmp_path,
        f"{HEAD}{MESSAGES}flows:\n  it:\n    trigger: {{inactive_for: 120d}}\n"
        "    steps: [send: hello]\n",
    )
    told = {one.label: one.text for one in rules(found.flows["it"], found)}
    assert told["How often"] == "again 30 days after the last entry"
    assert told["Ends at once when one of these happens"] == "order_placed"


def test_a_record_is_told_key_by_key_with_the_defaults_that_say_something(tmp_path: Path) -> None:
    found = playbook(tmp_path, f"{HEAD}{MORE}{MESSAGES}")
    told = [(one.label, one.text) for one in keys_told(found.offers["code"], "EUR")]
    assert told == [("percent off", "10%"), ("valid", "14 days"), ("code", "unique")]


def test_a_section_is_told_down_to_its_last_record(tmp_path: Path) -> None:
    programmes = (
        "programmes:\n  points:\n    earn: [{event: order_placed, points: 1 per EUR}]\n"
        "    redeem: [{points: 500, for: {amount_off: 5.00}}]\n"
        "    expire: 12mo after last activity\n"
    )
    found = playbook(tmp_path, f"{HEAD}{MESSAGES}{programmes}")
    told = [(one.label, one.text) for one in section(found, "programmes")]
    assert told == [
        ("points, earn 1, event", "order_placed"),
        ("points, earn 1, points", "1 per EUR"),
        ("points, redeem 1, points", "500"),
        ("points, redeem 1, for, amount off", "5 EUR"),
        ("points, expire", "1 year after last activity"),
    ]
    assert list(section(found, "economics")) == []
