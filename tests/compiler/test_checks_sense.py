"""Where a check might cry wolf, or stay silent: what sane playbooks look like, and near misses."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import folder
from tests.compiler.rule_pages import completed

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import compile_playbook


def findings(path: Path, text: str) -> list[Diagnostic]:
    shop = folder(path, {"playbook.yaml": completed(text)})
    return list(compile_playbook(str(shop)).diagnostics)


def flow(trigger: str, *lines: str, steps: str = "[send: hello]") -> str:
    more = "".join(f"    {line}\n" for line in lines)
    return f"flows:\n  it:\n    trigger: {trigger}\n{more}    steps: {steps}\n"


SANE = {
    "an order that the refill waits for ends the run before": flow(
        "{event: order_placed, where: orders >= 2}",
        "exit_on: [order_placed]",
        steps="[{wait: 42d}, {send: hello}]",
    ),
    "those already older enter, so more than 120 days is fine": flow(
        "{inactive_for: 120d}", "existing: {over: 14d}", "audience: days_since_last_order > 130"
    ),
    "not in an audience, unknown included": (
        "audiences: {lapsed: orders >= 1 and days_since_last_order > 120}\n"
        + flow("sign_up", "audience: not audience(lapsed) and days_since_last_order is unknown")
    ),
    "an exit that a wait makes possible": flow(
        "order_placed",
        "exit_when: days_since_last_order < 3",
        steps="[{wait: 7d}, {send: hello}]",
    ),
    "an else for those whose value is not known": flow(
        "sign_up", steps="[{if: rfm is known, then: [send: hello], else: [{task: look}]}]"
    ),
    "a flow that starts another one once": (
        "flows:\n"
        "  one: {trigger: order_placed, steps: [send: hello, {start: two}]}\n"
        "  two: {trigger: sign_up, steps: [{start: one}]}\n"
    ),
    "a card in the parcel needs no consent": (
        "guardrails: {holdout: 10%}\n"
        "messages: {card: {channel: post, body: Thank you.}}\n"
        + flow("order_shipped", steps="[send: card]")
    ),
    "an offer that a paused flow gives is used": (
        "offers: {code: {percent_off: 10%, valid: 14d}}\n"
        "flows:\n"
        "  it: {trigger: sign_up, enabled: false, steps: [{send: hello, offer: code}]}\n"
        "  that: {trigger: order_placed, steps: [send: hello]}\n"
    ),
    "birthdays over the turn of the year": flow(
        "sign_up", "audience: birthday between 12-20 and 01-05"
    ),
}


@pytest.mark.parametrize("text", SANE.values(), ids=SANE.keys())
def test_a_sane_playbook_is_left_alone(text: str, tmp_path: Path) -> None:
    known = ("not-yet-simulated",)
    found = [one for one in findings(tmp_path, text) if one.rule not in known]
    assert [f"{one.rule}: {one.message}" for one in found] == []


def only(path: Path, text: str, rule: str) -> Diagnostic:
    found = [one for one in findings(path, text) if one.rule == rule]
    assert len(found) == 1, found
    return found[0]


def test_a_contradiction_in_an_audience_is_explained_where_the_audience_stands(
    tmp_path: Path,
) -> None:
    text = "audiences: {core: orders >= 5}\n" + flow(
        "sign_up", "audience: audience(core) and orders < 3"
    )
    found = only(tmp_path, text, "contradictory-condition")
    assert (found.span.line, found.span.column) == (5, 34)
    assert [(one.span.line, one.span.column) for one in found.labels] == [(5, 15), (1, 19)]
    assert found.message.endswith("`audience(core)` and `orders < 3` are never true together")


def test_the_two_places_of_a_contradictory_entry(tmp_path: Path) -> None:
    text = flow("{event: order_placed, where: orders = 1}", "audience: orders > 1")
    found = only(tmp_path, text, "contradictory-entry")
    assert (found.span.line, found.labels[0].span.line) == (4, 3)
    assert "orders = 1" in found.labels[0].message


PAIRS = {
    "order_placed": "orders = 0",
    "{event: order_placed, where: days_since_last_order > 3}": "",
    "{event: order_placed, where: trigger.order.nth = 3}": "orders < 3",
    "{event: order_placed, at_least: 2, within: 7d}": "orders = 1",
    "order_shipped": "days_since_last_order is unknown",
    "cart_abandoned": "not event(cart_abandoned)",
    "feedback_given": "orders = 0 or rfm is known and orders < 1",
    "{inactive_for: 120d}": "days_since_last_order < 60",
    "{inactive_for: 90d}": "bought(category tea) within 30d",
    "{inactive_for: 60d}": "days_since_first_order < 30",
    "{replenishment: 30d}": "orders = 0",
    "{date: first_order}": "orders < 1",
    "{date: birthday}": "birthday is unknown",
    "{enters: regulars}": "orders between 1 and 3",
    "sign_up": "audience(regulars) and audience(newcomers)",
}


@pytest.mark.parametrize(("trigger", "audience"), PAIRS.items(), ids=PAIRS)
def test_a_trigger_and_an_audience_that_exclude_each_other(
    trigger: str, audience: str, tmp_path: Path
) -> None:
    text = "audiences: {regulars: orders >= 5, newcomers: orders < 2}\n"
    text += flow(trigger, *([f"audience: {audience}"] if audience else []))
    found = [one for one in findings(tmp_path, text) if one.is_error]
    assert [one.rule for one in found] in (["contradictory-entry"], ["contradictory-condition"])
    assert "never true together" in found[0].message
    assert found[0].labels


ALLOWED = {
    "order_placed": "orders = 1 and trigger.order.nth = 1",
    "order_shipped": "days_since_last_order < 5",
    "order_delivered": "trigger.order.nth = 1 and orders = 2",
    "review_left": "orders = 0",
    "{inactive_for: 120d}": "days_since_first_order >= 120 and not event(order_placed) within 60d",
    "{inactive_for: 4mo}": "days_since_last_order in (120, 123)",
    "{date: birthday}": "orders = 0",
    "sign_up": "orders >= 1",
    "{event: product_browsed, at_least: 2, within: 1d}": "event(product_browsed) within 1d",
}


@pytest.mark.parametrize(("trigger", "audience"), ALLOWED.items(), ids=ALLOWED)
def test_a_trigger_and_an_audience_that_go_together(
    trigger: str, audience: str, tmp_path: Path
) -> None:
    text = flow(trigger, f"audience: {audience}")
    assert [one.rule for one in findings(tmp_path, text) if one.is_error] == []


def test_an_audience_that_names_an_empty_one_is_not_told_again(tmp_path: Path) -> None:
    text = (
        "audiences:\n"
        "  old: orders >= 5\n"
        "  new: orders < 2\n"
        "  none: audience(old) and audience(new)\n"
        "  too: audience(none) and tags has vip\n"
    ) + flow("{enters: too}", "audience: audience(none)")
    found = [one for one in findings(tmp_path, text) if one.is_error]
    assert [(one.rule, one.span.line) for one in found] == [("dead-audience", 4)]
    assert [one.span.line for one in found[0].labels] == [4, 2, 3]


def test_who_is_not_in_an_audience_may_be_unknown_there(tmp_path: Path) -> None:
    text = "audiences: {loyal: rfm = loyal}\n" + flow(
        "sign_up", "audience: not audience(loyal) and rfm is unknown"
    )
    assert [one.rule for one in findings(tmp_path, text) if one.is_error] == []


def test_a_circle_over_tags_and_audiences_is_a_circle(tmp_path: Path) -> None:
    text = (
        "audiences: {warm: tags has warm}\n"
        "flows:\n"
        "  one: {trigger: {enters: warm}, entry: always, steps: [send: hello, {start: two}]}\n"
        "  two: {trigger: order_placed, steps: [{update: {untag: warm}}, {update: {tag: warm}}]}\n"
    )
    found = only(tmp_path, text, "flow-cycle")
    assert "one -> two -> one" in found.message
    assert (found.span.line, found.labels[0].span.line) == (4, 3)


FACTS = "facts: {state: [a, b]}\n"
ONCE_ROUND = {
    "taking the tag away leaves the audience": (
        "audiences: {warm: tags has warm}\n"
        + flow("{enters: warm}", "entry: always", steps="[{update: {untag: warm}}]")
    ),
    "setting the tag leaves those without it": (
        "audiences: {plain: not tags has w}\n"
        + flow("{enters: plain}", "entry: always", steps="[{update: {tag: w}}]")
    ),
    "another value leaves the audience": (
        FACTS
        + "audiences: {first: state = a}\n"
        + flow("{enters: first}", "entry: always", steps="[{update: {state: b}}]")
    ),
    "another value of the same audience": (
        FACTS
        + "audiences: {either: state = a or state = b}\n"
        + flow("{enters: either}", "entry: always", steps="[{update: {state: b}}]")
    ),
    "points are crossed once": (
        "programmes: {points: {earn: {event: order_placed, points: 1 per EUR, pending: 14d},"
        " redeem: {points: 500, for: {amount_off: 5.00}}, expire: 12mo after last activity}}\n"
        + flow("{points_reach: 100}", "entry: always", steps="[{grant: {points: 100}}]")
    ),
    "whoever has received it is in already": (
        "audiences: {told: received(hello) within 1d}\n"
        + flow("{enters: told}", "entry: always", steps="[send: hello]")
    ),
    "a tag set twice is set once": (
        "audiences: {warm: tags has warm}\n"
        "flows:\n"
        "  one: {trigger: {enters: warm}, entry: always, steps: [{start: two}]}\n"
        "  two: {trigger: order_placed, steps: [{update: {tag: warm}}]}\n"
    ),
    "the tag keeps the customer out": (
        "audiences: {new: not tags has warm or not tags has done}\n"
        + flow("{enters: new}", "entry: always", steps="[{update: {tag: done}}]")
    ),
}


@pytest.mark.parametrize("text", ONCE_ROUND.values(), ids=ONCE_ROUND)
def test_what_leaves_the_audience_does_not_enter_it_again(text: str, tmp_path: Path) -> None:
    rules = {one.rule for one in findings(tmp_path, text)}
    assert not rules & {"flow-cycle", "slow-cycle"}


ROUND = {
    "tagged and untagged in turn": (
        (
            "audiences: {warm: tags has warm, cold: not tags has warm}\n"
            "flows:\n"
            "  f: {trigger: {enters: warm}, entry: always, steps: [{update: {untag: warm}}]}\n"
            "  g: {trigger: {enters: cold}, entry: always, steps: [{update: {tag: warm}}]}\n"
        ),
        "flow-cycle",
        "f -> g -> f",
    ),
    "one value and the other": (
        FACTS + "audiences: {first: state = a, second: state != a}\n"
        "flows:\n"
        "  f: {trigger: {enters: first}, entry: always, steps: [{update: {state: b}}]}\n"
        "  g: {trigger: {enters: second}, entry: always, steps: [{update: {state: a}}]}\n",
        "flow-cycle",
        "f -> g -> f",
    ),
    "points earned by points": (
        "programmes: {points: {earn: {event: order_placed, points: 1 per EUR, pending: 14d},"
        " redeem: {points: 500, for: {amount_off: 5.00}}, expire: 12mo after last activity}}\n"
        + flow("points_earned", "entry: always", steps="[{grant: {points: 100}}]"),
        "flow-cycle",
        "it -> it",
    ),
    "received again when it is long ago": (
        "audiences: {told: received(hello) within 1d}\n"
        + flow("{enters: told}", "entry: always", steps="[{wait: 3d}, {send: hello}]"),
        "slow-cycle",
        "every 3 days, with up to 122 messages a year for each customer: it -> it",
    ),
    "received again on the slower way": (
        "audiences: {told: received(hello) within 1d}\n"
        + flow(
            "{enters: told}",
            "entry: always",
            steps="[{if: orders >= 2, then: [{wait: 5d}]}, {send: hello}]",
        ),
        "slow-cycle",
        "every 5 days",
    ),
    "written to whenever nothing was written": (
        "audiences: {quiet: not received(email) within 7d}\n"
        + flow("{enters: quiet}", "entry: always", steps="[send: hello]"),
        "slow-cycle",
        "every 7 days",
    ),
    "every day is one day": (
        flow("order_placed", steps="[{wait: 1d}, send: hello, {start: it}]"),
        "slow-cycle",
        "every day, with up to 365",
    ),
}


@pytest.mark.parametrize(("text", "rule", "said"), ROUND.values(), ids=ROUND)
def test_a_real_circle_is_found_with_its_way(
    text: str, rule: str, said: str, tmp_path: Path
) -> None:
    assert said in only(tmp_path, text, rule).message


def test_a_slow_circle_counts_its_messages(tmp_path: Path) -> None:
    text = flow(
        "order_placed",
        steps="[send: hello, {wait: 73d}, {send: hello, id: again}, {start: it}]",
    )
    assert "every 73 days, with up to 10 messages a year" in (
        only(tmp_path, text, "slow-cycle").message
    )


def test_a_person_in_the_circle_ends_it(tmp_path: Path) -> None:
    text = flow(
        "order_placed",
        steps="[send: hello, {wait: {until: link_clicked, at_most: 7d}, happened: [{start: it}]}]",
    )
    rules = {one.rule for one in findings(tmp_path, text)}
    assert not rules & {"flow-cycle", "slow-cycle"}


def test_an_unknown_variable_is_mended_by_its_fix(tmp_path: Path) -> None:
    text = "messages:\n  hi: {channel: push, body: 'Hi {{ customer.first_nam }}'}\n" + flow(
        "sign_up", steps="[send: hi]"
    )
    found = only(tmp_path, text, "unknown-variable")
    line = text.splitlines()[1]
    assert line[found.span.column - 1 : found.span.end_column - 1] == "customer.first_nam"
    assert found.fix is not None
    assert found.fix.replacement == "customer.first_name"


def test_variables_are_found_in_the_markdown_file_that_holds_the_text(tmp_path: Path) -> None:
    folder(tmp_path, {"messages/hi.md": "Hello\n\n{{ order.totl }}\n"})
    text = "messages: {hi: {kind: transactional, body: messages/hi.md}}\n"
    found = only(tmp_path, text, "unknown-variable")
    assert Path(found.span.file).name == "hi.md"
    assert (found.span.line, found.span.column, found.span.end_column) == (3, 4, 14)


def test_a_strategy_in_small_letters_or_by_name(tmp_path: Path) -> None:
    small = only(tmp_path / "a", flow("sign_up", "strategy: s1"), "unknown-strategy")
    named = only(tmp_path / "b", flow("sign_up", "strategy: welcome series"), "unknown-strategy")
    assert "did you mean `S1` (Welcome series)?" == small.help == named.help


@pytest.mark.parametrize(("zone", "count"), [("Europe/Berlin", 1), ("Asia/Tokyo", 0)])
def test_only_zones_with_summer_time_have_a_gap(tmp_path: Path, zone: str, count: int) -> None:
    text = f"timezone: {zone}\n" + flow("sign_up", steps="[{send: hello, at: 02:00-03:00}]")
    rules = [one.rule for one in findings(tmp_path, text)]
    assert rules.count("window-in-clock-change") == count


def test_fifteen_lines_are_enough(tmp_path: Path) -> None:
    text = "guardrails: {}\nmessages: {refill: {subject: Time for more}}\n" + flow(
        "{inactive_for: 60d}", steps="[send: refill]"
    )
    assert not [one for one in findings(tmp_path, text) if one.is_error]


LEFT_ALONE = {
    "schedules of different days": (
        (
            "flows:\n"
            "  one: {trigger: {every: week on tue at 09:00}, steps: [send: hello]}\n"
            "  two: {trigger: {every: 2w on wed at 09:00}, steps: [send: hello]}\n"
            "  three: {trigger: {every: month on 1 at 09:00}, steps: [send: hello]}\n"
            "  four: {trigger: {every: 14d at 09:00}, steps: [send: hello]}\n"
        ),
        "same-trigger",
    ),
    "a time that is only skipped on other weekdays": (
        flow("sign_up", steps="[{wait: {until: tue at 02:30}}, send: hello]"),
        "window-in-clock-change",
    ),
    "an if of those who have bought": (
        flow("order_placed", steps="[{wait: 1y}, {if: days_since_last_order > 120, then: []}]"),
        "omits-missing",
    ),
    "an if after those who never bought were told apart": (
        flow(
            "sign_up",
            steps="[{branch: [{if: orders = 0, then: [send: hello]},"
            " {if: days_since_last_order > 120, then: [task: look]}]}]",
        ),
        "omits-missing",
    ),
    "credit for the first order": (
        flow(
            "{event: order_placed, where: trigger.order.nth = 1}",
            steps="[{grant: {credit: 5.00}}]",
        ),
        "endless-offer",
    ),
    "after a wait anything may be so": (
        flow(
            "{event: order_placed, where: orders = 1}",
            steps="[{wait: 30d}, {if: orders >= 2, then: [send: hello], else: [task: call]}]",
        ),
        "dead-branch",
    ),
    "a tag that the flow has set": (
        flow(
            "order_placed",
            "audience: not tags has warm",
            steps="[{update: {tag: warm}}, {if: tags has warm, then: [send: hello]}]",
        ),
        "dead-branch",
    ),
    "after one way has ended": (
        flow(
            "order_placed",
            steps="[{if: orders <= 1, then: [{exit: new}]}, {if: orders = 1, then: [send: hello]}]",
        ),
        "unreachable-step",
    ),
    "another channel is still open": (
        "messages: {note: {channel: push, body: Hi}}\n"
        + flow("sign_up", steps="[{update: {suppress: email}}, send: note]"),
        "send-after-suppress",
    ),
    "closed on one way only": (
        flow(
            "sign_up",
            steps="[{if: orders >= 1, then: [{update: {suppress: email}}]}, send: hello]",
        ),
        "send-after-suppress",
    ),
    "an engaged audience is no reading of this message": (
        "audiences: {active: engaged(email) within 30d}\n" + flow("{enters: active}"),
        "message-triggers-itself",
    ),
    "a link asked for by its own name is there for all": (
        "messages:\n"
        "  hello: {subject: Hi, body: '{{ sender_address }}"
        " {% if unsubscribe_url %}{{ unsubscribe_url }}{% endif %}'}\n" + flow("sign_up"),
        "missing-unsubscribe",
    ),
    "a link on both sides": (
        "messages:\n"
        "  hello: {subject: Hi, body: '{{ sender_address }} {% if customer.first_name %}"
        "{{ unsubscribe_url }}{% else %}{{ unsubscribe_url }}{% endif %}'}\n" + flow("sign_up"),
        "missing-unsubscribe",
    ),
    "a deep discount of a dear category": (
        "economics: {gross_margin: {default: 20%, tea: 60%}}\n"
        "products: {sencha: {category: tea}}\n"
        "offers: {code: {percent_off: 40%, valid: 9d, product: sencha}}\n" + flow("sign_up"),
        "discount-above-margin",
    ),
}


@pytest.mark.parametrize(("text", "rule"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_what_looks_alike_and_is_fine(text: str, rule: str, tmp_path: Path) -> None:
    assert rule not in {one.rule for one in findings(tmp_path, text)}


FOUND = {
    "who exits on one way is not met again": (
        flow(
            "order_placed",
            steps="[{if: orders <= 1, then: [{exit: new}]}, {if: orders = 1, then: [send: hello]}]",
        ),
        "dead-branch",
        "nobody meets `orders = 1` here",
    ),
    "the trigger stays as it was": (
        flow(
            "{event: order_placed, where: trigger.order.total > 50}",
            steps="[{wait: 9d}, {if: trigger.order.total < 20, then: [send: hello]}]",
        ),
        "dead-branch",
        "`trigger.order.total > 50` holds by then",
    ),
    "the days of a day and a week": (
        (
            "flows:\n"
            "  one: {trigger: {every: 2d at 09:00}, steps: [send: hello]}\n"
            "  two: {trigger: {every: week on tue at 09:00}, steps: [send: hello]}\n"
        ),
        "same-trigger",
        "`one` and `two` start together",
    ),
    "the offer of a first message, a day too early": (
        "guardrails: {discounts: {only_for: [lapsed]}, holdout: 10%}\n"
        "audiences: {lapsed: orders >= 1 and days_since_last_order > 120}\n"
        "offers: {code: {percent_off: 10%, valid: 9d}}\n"
        + flow("{inactive_for: 120d}", steps="[{send: hello, offer: code}]"),
        "missed-by-a-day",
        "none of them gets the offer `code` yet",
    ),
    "an exit that only those of the first day are spared": (
        "audiences: {lapsed: orders >= 1 and days_since_last_order > 120}\n"
        + flow("{inactive_for: 120d}", "existing: {over: 14d}", "exit_when: not audience(lapsed)"),
        "missed-by-a-day",
        "all of them leave by `exit_when` before the first step",
    ),
    "the round of two messages": (
        (
            "messages:\n"
            '  one: {subject: A, body: "{{ sender_address }} {{ unsubscribe_url }}"}\n'
            '  two: {subject: B, body: "{{ sender_address }} {{ unsubscribe_url }}"}\n'
            "flows:\n"
            "  f: {trigger: {event: link_clicked, where: trigger.message = one},"
            " steps: [send: two]}\n"
            "  g: {trigger: {event: link_clicked, where: trigger.message = two},"
            " steps: [send: one]}\n"
        ),
        "message-triggers-itself",
        "(f -> g -> f)",
    ),
}


@pytest.mark.parametrize(("text", "rule", "said"), FOUND.values(), ids=FOUND)
def test_what_is_found_and_how_it_is_said(text: str, rule: str, said: str, tmp_path: Path) -> None:
    assert said in only(tmp_path, text, rule).message
