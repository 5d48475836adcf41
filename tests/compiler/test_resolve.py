"""Documents to a Playbook: defaults as the language says, and each section's mistakes located."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, flow, playbook, read, told

from playbook_compiler.parse import parse
from playbook_compiler.reading import several
from playbook_compiler.source import SourceFile
from playbook_compiler.units import Duration, Money, Share

SHOP = HEAD + MESSAGES
AFTER_HEAD = HEAD.count("\n") + 1


def test_a_sign_up_enters_once_an_order_each_time_and_others_after_30_days(tmp_path: Path) -> None:
    assert flow(tmp_path, "sign_up").entry.rule == "once"  # type: ignore[union-attr]
    assert flow(tmp_path, "account_created").entry.rule == "once"  # type: ignore[union-attr]
    for event in ("order_placed", "order_delivered", "review_left"):
        assert flow(tmp_path, event).entry.rule == "always"  # type: ignore[union-attr]
    for trigger in ("{inactive_for: 120d}", "cart_abandoned", "link_clicked"):
        entry = flow(tmp_path, trigger).entry
        assert entry is not None
        assert entry.again_after == Duration(days=30)
    said = flow(tmp_path, "sign_up", more="    entry: {again_after: 6mo}\n").entry
    assert said is not None
    assert (said.again_after, said.rule) == (Duration(months=6), "")


def test_flows_that_are_for_an_order_end_with_one(tmp_path: Path) -> None:
    for trigger in ("cart_abandoned", "product_browsed", "wish_listed", "{inactive_for: 90d}"):
        assert flow(tmp_path, trigger).exit_on == ("order_placed",)
    assert flow(tmp_path, "{replenishment: typical interval}").exit_on == ("order_placed",)
    assert flow(tmp_path, "sign_up").exit_on == ()
    assert flow(tmp_path, "cart_abandoned", more="    exit_on: []\n").exit_on == ()
    assert flow(tmp_path, "sign_up", more="    exit_on: unsubscribed\n").exit_on == (
        "unsubscribed",
    )


def test_the_goal_is_an_order_within_14_days_and_nobody_enters_on_day_one(tmp_path: Path) -> None:
    default = flow(tmp_path, "sign_up")
    assert default.goal is not None
    assert (default.goal.event, default.goal.within) == ("order_placed", Duration(days=14))
    assert default.existing is not None
    assert (default.existing.rule, default.existing.over) == ("skip", None)
    assert (default.priority, default.enabled, len(default.stages)) == (50, True, 5)


def test_stages_are_built_in_when_the_playbook_says_none(tmp_path: Path) -> None:
    stages = playbook(tmp_path, SHOP + FLOW).stages
    assert list(stages) == ["startup", "growth", "stable", "established", "scale"]
    assert str(stages["stable"].enter) == "orders_per_month >= 300"
    split = stages["established"].split
    assert split is not None
    assert (str(split.acquisition), str(split.retention)) == ("40%", "60%")
    own = playbook(tmp_path, f"{SHOP}stages: {{scale: {{enter: customers > 5}}, startup: {{}}}}\n")
    assert list(own.stages) == ["startup", "scale"]


def test_assumptions_are_shares_of_consent_and_events_with_rate_and_lag(tmp_path: Path) -> None:
    text = (
        "assume:\n"
        "  consent: {email: 62%}\n"
        "  visits: {rate: 24000 per 1mo}\n"
        "  order_delivered: {lag: 3d}\n"
        "  link_clicked: {rate: 4%, of: sends, lag: 1d}\n"
        "  cart_abandoned: 1.8 per order\n"
    )
    assume = playbook(tmp_path, SHOP + text).assume
    assert assume["consent"] == {"email": Share(Decimal("0.62"))}
    assert str(assume["visits"].rate) == "24000 per 1mo"
    assert assume["order_delivered"].lag == Duration(days=3)
    clicked = assume["link_clicked"]
    assert (str(clicked.rate), clicked.of) == ("4%", "sends")
    assert str(assume["cart_abandoned"].rate) == "1.8 per order"


def test_margins_may_differ_by_category(tmp_path: Path) -> None:
    text = "economics: {gross_margin: {default: 58%, tea: 64%}, message_costs: {email: 0.0008}}\n"
    economics = playbook(tmp_path, SHOP + text).economics
    assert economics is not None
    assert str(economics.gross_margin.default) == "58%"
    assert {name: str(share) for name, share in economics.gross_margin.by_category.items()} == {
        "tea": "64%"
    }
    assert economics.message_costs["email"] == Money(Decimal("0.0008"))


def test_own_facts_events_and_channels_are_known_everywhere(tmp_path: Path) -> None:
    text = (
        "facts: {has_account: boolean, gender: [f, m, x]}\n"
        "events: {back_in_stock: {product.sku: text}}\n"
        "economics: {gross_margin: 58%, message_costs: {whatsapp: 0.05}}\n"
        "guardrails: {consent: {whatsapp: opt-in}}\n"
        "audiences: {women: gender = f and not has_account}\n"
        "messages: {ping: {channel: whatsapp, body: Hi}}\n"
        "flows:\n"
        "  stock:\n"
        "    trigger: {event: back_in_stock, where: trigger.product.sku = sencha}\n"
        "    steps: [send: ping]\n"
    )
    read_ = playbook(tmp_path, HEAD + text)
    assert str(read_.audiences["women"].where) == "gender = f and not has_account = true"
    assert "whatsapp" in read_.catalogue.channels


def test_everything_knows_where_it_was_written(tmp_path: Path) -> None:
    found = flow(tmp_path, "sign_up", steps="\n      - send: hello\n      - wait: 3d")
    assert [step.origin.span().line for step in found.steps] == [12, 13]
    assert found.origin.key_span().line == 9


MISTAKES = {
    "unknown section": ("flos: {}\n", "1:1 unknown-key", "did you mean `flows`?"),
    "private section": ("x-mine: {}\n", "1:1 unknown-key", ""),
    "sections of the wrong shape": ("facts: [a]\n", "1:8 wrong-shape", ""),
    "empty flows": ("flows:\n", "1:7 wrong-shape", ""),
    "currency sign in money": (
        "economics: {gross_margin: 58%, monthly_budget: 6000€}\n",
        "1:48 bad-money",
        "",
    ),
    "bare fraction": ("economics: {gross_margin: 0.58}\n", "1:27 bad-share", ""),
    "margin over all": ("economics: {gross_margin: 158%}\n", "1:27 bad-share", ""),
    "margins without the rest": (
        "economics: {gross_margin: {tea: 58%}}\n",
        "1:27 missing-key",
        "",
    ),
    "half a cent": (
        "economics: {gross_margin: 58%, monthly_budget: 10.0005}\n",
        "1:48 too-many-decimals",
        "",
    ),
    "misspelt channel with a cost": (
        "economics: {gross_margin: 58%, message_costs: {emial: 0.1}}\n",
        "1:48 unknown-channel",
        "did you mean `email`?",
    ),
    "assumption on no event": (
        "assume: {order_deliverd: {lag: 3d}}\n",
        "1:10 unknown-event",
        "did you mean `order_delivered`?",
    ),
    "consent over all": ("assume: {consent: {email: 162%}}\n", "1:27 bad-share", ""),
    "no stage": ("stages: {grow: {}}\n", "1:10 unknown-stage", "did you mean `growth`?"),
    "stage read on customers": (
        "stages: {growth: {enter: orders > 3}}\n",
        "1:26 fact-out-of-place",
        "",
    ),
    "halves that are no whole": (
        "stages: {growth: {split: {acquisition: 80%, retention: 30%}}}\n",
        "1:26 shares-sum",
        "write retention: 20%",
    ),
    "quiet hours on a clock of 25": (
        "guardrails: {quiet_hours: {from: '25:00', to: '08:00'}}\n",
        "1:34 bad-time",
        "",
    ),
    "caps without a window": ("guardrails: {frequency: {at_most: 3}}\n", "1:14 missing-key", ""),
    "offer of two things": (
        "offers: {a: {percent_off: 10%, free_shipping: true}}\n",
        "1:32 several-benefits",
        "make a second offer of this",
    ),
    "offer of nothing": ("offers: {a: {valid: 10d}}\n", "1:10 no-benefit", ""),
    "negative discount": ("offers: {a: {percent_off: -10%}}\n", "1:27 bad-share", ""),
    "fact that is built in": ("facts: {orders: integer}\n", "1:9 bad-fact", ""),
    "fact of no type": ("facts: {member: bool}\n", "1:9 bad-fact", ""),
    "event that is built in": ("events: {sign_up: {}}\n", "1:10 bad-event", ""),
    "audience of no fact": ("audiences: {a: order > 3}\n", "1:16 unknown-fact", ""),
    "audience through itself": (
        "audiences: {a: not audience(b), b: audience(a) or orders > 3}\n",
        "1:13 audience-cycle",
        "",
    ),
    "id with capitals": ("audiences: {Core: orders > 3}\n", "1:13 bad-id", "write `core`"),
    "condition cut at a comma": (
        "audiences: {core: rfm in (champion, loyal), x: orders > 1}\n",
        "1:19 unquoted-comma",
        'inside braces and brackets, quote it: core: "rfm in (champion, loyal)"',
    ),
    "tactics": (
        "use: {cart: {}}\n",
        "1:7 unknown-tactic",
        "put it into your folder `tactics`",
    ),
}


@pytest.mark.parametrize(("text", "place", "advice"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, text: str, place: str, advice: str) -> None:
    loaded = read(tmp_path, HEAD + text)
    line, _, rest = place.partition(":")
    expected = f"playbook.yaml:{int(line) + AFTER_HEAD - 1}:{rest}"
    assert loaded.playbook is None
    assert told(loaded) == [expected]
    if advice:
        assert loaded.diagnostics[0].help == advice


FLOW_MISTAKES = {
    "no such message": ("trigger: sign_up\n    steps: [send: helo]", "11:19 unknown-message"),
    "no such event": ("trigger: sign_upp\n    steps: []", "10:14 unknown-event"),
    "no trigger": ("steps: []", "9:3 missing-key"),
    "step of no kind": ("trigger: sign_up\n    steps: [{sendd: hello}]", "11:14 no-kind"),
    "step of two kinds": (
        "trigger: sign_up\n    steps: [{send: hello, wait: 3d}]",
        "11:27 several-kinds",
    ),
    "wait without a unit": ("trigger: sign_up\n    steps: [wait: 3]", "11:19 bad-duration"),
    "shares that are no whole": (
        "trigger: sign_up\n    steps: [{split: s, variants: {a: {share: 50%}, b: {share: 40%}}}]",
        "11:24 shares-sum",
    ),
    "split of one arm": (
        "trigger: sign_up\n    steps: [{split: s, variants: {a: {share: 100%}}}]",
        "11:34 wrong-shape",
    ),
    "way of a wait that has none": (
        "trigger: sign_up\n    steps: [{wait: 3d, timed_out: []}]",
        "11:24 misplaced-key",
    ),
    "trigger field elsewhere": (
        "trigger: sign_up\n    audience: trigger.order.total > 5\n    steps: []",
        "11:23 unknown-fact",
    ),
    "step cut at a comma": (
        "trigger: sign_up\n    steps: [{if: rfm in (champion, loyal), then: []}]",
        "11:18 unquoted-comma",
    ),
    "entry two ways": (
        "trigger: sign_up\n    entry: {again_after: 3d, may: once}\n    steps: []",
        "11:12 bad-entry",
    ),
}


@pytest.mark.parametrize(("text", "place"), FLOW_MISTAKES.values(), ids=FLOW_MISTAKES)
def test_a_mistake_in_a_flow_is_told_at_its_place(tmp_path: Path, text: str, place: str) -> None:
    loaded = read(tmp_path, f"{SHOP}flows:\n  it:\n    {text}\n")
    assert told(loaded) == [f"playbook.yaml:{place}"]


@pytest.mark.parametrize(
    ("old", "new", "finding", "advice"),
    [
        ("EUR", "EURO", "3:11 unknown-currency", "did you mean `EUR`?"),
        ("EUR", "usd", "3:11 unknown-currency", "did you mean `USD`?"),
        (
            "Europe/Berlin",
            "Europe/Berlim",
            "4:11 unknown-timezone",
            "did you mean `Europe/Berlin`?",
        ),
        (
            "Europe/Berlin",
            "../../etc/passwd",
            "4:11 unknown-timezone",
            "write an IANA zone such as Europe/Berlin",
        ),
        ("playbook: 1", "playbook: 2", "1:11 out-of-range", "write `playbook: 1`"),
        ("playbook: 1", "playbook: '1'", "1:11 wrong-shape", "write `playbook: 1`"),
        (
            "playbook: 1\n",
            "",
            "1:1 missing-key",
            "write `playbook: 1` as the first line",
        ),
        (
            "name: leaf-and-steam\n",
            "",
            "1:1 missing-key",
            "name: the shop's or the playbook's name.",
        ),
    ],
)
def test_what_a_playbook_is_has_to_be_right(
    tmp_path: Path, old: str, new: str, finding: str, advice: str
) -> None:
    loaded = read(tmp_path, HEAD.replace(old, new))
    assert told(loaded) == [f"playbook.yaml:{finding}"]
    assert loaded.diagnostics[0].help == advice


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("3 days", "write `3d`"),
        ("two weeks", "write `2w`"),
        ("3 hours", "write `3h`"),
        ("a month", "write `1mo`"),
        ("Twelve minutes", "write `12min`"),
        ("soon", ""),
    ],
)
def test_a_duration_in_words_is_spelled_as_one(tmp_path: Path, written: str, advice: str) -> None:
    text = f"flows: {{it: {{trigger: sign_up, steps: [wait: {written}]}}}}\n"
    (found,) = read(tmp_path, SHOP + text).diagnostics
    assert (found.rule, found.help) == ("bad-duration", advice)


@pytest.mark.parametrize("word", ["purchase", "order", "buy"])
def test_an_order_by_another_name_is_told_its_event(tmp_path: Path, word: str) -> None:
    (found,) = read(tmp_path, f"{SHOP}flows: {{it: {{trigger: {word}, steps: []}}}}\n").diagnostics
    assert (found.rule, found.help) == ("unknown-event", "an order is `order_placed`")


def test_what_is_expected_is_said_in_the_plural_and_with_its_article(tmp_path: Path) -> None:
    (steps,) = read(tmp_path, f"{SHOP}flows: {{it: {{trigger: sign_up, steps: 3}}}}\n").diagnostics
    assert steps.message.startswith("`steps`: expected a list of steps (one of send, ")
    (name,) = read(tmp_path, f"{SHOP}audiences: {{Core: orders > 3}}\n").diagnostics
    assert name.message == "`Core` cannot be an id"
    (stage,) = read(tmp_path, f"{SHOP}stages: {{Big: {{}}}}\n").diagnostics
    assert stage.message == "`Big` cannot be the name of a stage"
    assert several("the id of an audience") == "ids of audiences"
    assert several("a stage such as growth, or growth+") == "stages such as growth, or growth+"
    assert several("a way of a branch") == "ways of a branch"


@pytest.mark.parametrize(("word", "meant"), [("yes", "true"), ("N", "false"), ("Off", "false")])
def test_yes_and_no_are_spelled_true_and_false(tmp_path: Path, word: str, meant: str) -> None:
    text = f"{SHOP}offers: {{a: {{percent_off: 20%, once_per_customer: {word}}}}}\n"
    found = {one.rule: one.help for one in read(tmp_path, text).diagnostics}
    assert found.pop("wrong-shape") == f"write `{meant}`"
    # The warning on the same word must not send the author to quotes, which fail here.
    assert all(advice.startswith("write true or false where") for advice in found.values())


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("30,00", "write `30.00`"),
        ("30,50", "write `30.50`"),
        ("30, 50", "write `30.50`"),
        ("0,0008", "write `0.0008`"),
        ("0,500", "write `0.500`"),
        ("58,5%", "write `58.5%`"),
        ("1,000.00", "write `1000.00`"),
        ("1.000,50", "write `1000.50`"),
        ("1,000,000", "write `1000000`"),
        ("1,500", "write `1500` or `1.500`"),
        ("1,2,3", "write one number"),
    ],
)
@pytest.mark.parametrize(
    "order", ["minimum: {}, percent_off: 20%", "percent_off: 20%, minimum: {}"]
)
def test_a_decimal_comma_is_one_finding_at_the_number(
    tmp_path: Path, written: str, advice: str, order: str
) -> None:
    line = f"offers: {{a: {{{order.format(written)}}}}}"
    (found,) = read(tmp_path, f"{SHOP}{line}\n").diagnostics
    whole = written.replace(" ", "")
    assert (found.rule, found.help) == ("decimal-comma", advice)
    assert found.message == f"`{whole}`: a number takes a point, not a comma"
    start = line.index(written) + 1
    assert (found.span.column, found.span.end_column) == (start, start + len(written))


@pytest.mark.parametrize(
    "pairs", ["{a: 1, '50'}", "{a: x, 50}", "{a: 1, 50: 2}", "{a: '1', 50}", "{a: 1, b: 50}"]
)
def test_a_key_that_is_no_rest_of_a_number_stays_a_key(pairs: str) -> None:
    document, found = parse(SourceFile("shop.yaml", f"it: {pairs}\n"))
    assert document is not None and found == []
    assert isinstance(document.data, dict) and len(document.data["it"]) == 2  # type: ignore[arg-type]


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = f"{HEAD}offers: {{a: {{percent_of: 10%}}}}\nmessages: {{b: {{chanel: email}}}}\n"
    assert told(read(tmp_path, text)) == [
        "playbook.yaml:5:14 unknown-key",
        "playbook.yaml:6:16 unknown-key",
    ]


def test_a_yen_has_no_cents(tmp_path: Path) -> None:
    text = HEAD.replace("EUR", "JPY") + "offers: {a: {amount_off: 500.5}}\n"
    assert told(read(tmp_path, text)) == ["playbook.yaml:5:26 too-many-decimals"]
