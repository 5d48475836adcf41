"""`use:` adopts a tactic in one line, and findings point into both files."""

from __future__ import annotations

from pathlib import Path

import pytest

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.driver import Compiled, compile_playbook, load
from playbook_compiler.filled_in import filled_in
from playbook_compiler.plan import digest_of, plan_of

SHOP = """\
playbook: 1
name: tea
currency: EUR
timezone: Europe/Berlin
sender: {name: Tea, email: hello@tea.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%}
guardrails: {consent: {email: opt-in}, holdout: 10%}
"""
HEAD = """\
tactic: win-back
about: Writes to those who have gone quiet.
strategy: S8
stage: growth+
source: Retention strategies
effect: {library: email.lapsed}
"""
TACTIC = (
    HEAD
    + """\
parameters:
  after: {type: duration, default: 120d, about: How long without an order.}
  offer: {type: offer, default: none, optional: true, about: What the second mail carries.}
audiences:
  quiet: orders >= 1
messages:
  hello: {subject: Hello, body: "Hello. {{ unsubscribe_url }} {{ sender_address }}"}
flows:
  win-back:
    trigger: {inactive_for: $after}
    audience: audience(quiet)
    steps:
      - send: hello
        offer: $offer
"""
)


class Shop:
    """A folder with a playbook, and a library of tactics and messages beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shop"
        self.library = folder / "library"
        self.folder.mkdir()
        self.ships("tactics/win-back.yaml", TACTIC)

    def ships(self, name: str, text: str) -> None:
        file = self.library / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def writes(self, text: str) -> None:
        (self.folder / "playbook.yaml").write_text(SHOP + text)

    def compiled(self, text: str) -> Compiled:
        self.writes(text)
        return compile_playbook(str(self.folder), library=self.library)

    def finding(self, text: str, rule: str) -> Diagnostic:
        found = [one for one in self.compiled(text).diagnostics if one.rule == rule]
        assert len(found) == 1, [one.message for one in found]
        return found[0]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def written(shop: Shop, diagnostic: Diagnostic) -> str:
    """Return the text under the caret."""
    file = Path(diagnostic.span.file)
    lines = file.read_text().splitlines()
    line = lines[diagnostic.span.line - 1]
    return line[diagnostic.span.column - 1 : diagnostic.span.end_column - 1]


def test_one_line_adopts_a_tactic(shop: Shop) -> None:
    compiled = shop.compiled("use:\n  win-back: {after: 90d}\n")
    assert compiled.diagnostics == ()
    assert compiled.graph is not None
    assert list(compiled.graph.nodes) == [
        "win-back/win-back/trigger",
        "win-back/win-back/send-hello",
        "win-back/win-back/end",
    ]
    trigger = plan_of(compiled.graph)["nodes"][0]["what"]  # type: ignore[index,call-overload]
    assert trigger["inactive_for"] == "90d"


def test_what_is_left_out_takes_the_default_of_the_tactic(shop: Shop) -> None:
    given = shop.compiled("use: {win-back: {after: 120d}}").graph
    default = shop.compiled("use: {win-back: {}}").graph
    empty = shop.compiled("use:\n  win-back:\n").graph
    assert given is not None
    assert default is not None
    assert empty is not None
    assert digest_of(given) == digest_of(default) == digest_of(empty)


@pytest.mark.parametrize(
    ("offer", "benefit"),
    [
        ("20%", {"percent_off": "20%"}),
        ("5.00", {"amount_off": "5"}),
        ("free-shipping", {"free_shipping": True}),
    ],
)
def test_the_short_form_of_an_offer_is_a_code_for_two_weeks(
    shop: Shop, offer: str, benefit: dict[str, object]
) -> None:
    graph = shop.compiled(f"use: {{win-back: {{offer: {offer}}}}}").graph
    assert graph is not None
    offers = plan_of(graph)["playbook"]["offers"]  # type: ignore[index,call-overload]
    assert offers["win-back/offer"] | benefit == offers["win-back/offer"]
    assert offers["win-back/offer"]["valid"] == "14d"
    assert offers["win-back/offer"]["code"] == "unique"
    assert offers["win-back/offer"]["once_per_customer"] is True


def test_an_offer_can_be_the_shops_own_or_written_in_full(shop: Shop) -> None:
    own = "offers: {tea-bag: {gift: a tea bag, cost: 1.00, valid: 10d}}\n"
    graph = shop.compiled(own + "use: {win-back: {offer: tea-bag}}").graph
    assert graph is not None
    assert set(graph.playbook.offers) == {"tea-bag"}
    full = "use: {win-back: {offer: {percent_off: 5%, valid: 3d}}}"
    graph = shop.compiled(full).graph
    assert graph is not None
    assert str(graph.playbook.offers["win-back/offer"].valid) == "3d"


def test_none_takes_the_key_away(shop: Shop) -> None:
    graph = shop.compiled("use: {win-back: {offer: none}}").graph
    assert graph is not None
    assert graph.playbook.offers == {}
    step = graph.nodes["win-back/win-back/send-hello"].what
    assert step is not None
    assert not step.origin.has("offer")


def test_a_short_name_means_the_tactics_where_it_is_clear(shop: Shop) -> None:
    flow = "flows: {f: {trigger: sign_up, exit_when: in_flow(win-back), steps: [{send: hello}]}}\n"
    graph = shop.compiled("use: {win-back: {}}\n" + flow).graph
    assert graph is not None
    assert str(graph.playbook.flows["f"].exit_when) == "in_flow(win-back/win-back)"
    send = graph.nodes["f/send-hello"].what
    assert send.send.messages == ("win-back/hello",)  # type: ignore[union-attr]


def test_a_wrong_argument_is_pointed_at_where_the_shop_wrote_it(shop: Shop) -> None:
    found = shop.finding("use:\n  win-back: {after: 90}\n", "bad-duration")
    assert written(shop, found) == "90"


def test_a_wrong_reference_in_an_argument_shows_both_files(shop: Shop) -> None:
    found = shop.finding("use:\n  win-back: {offer: tea-bagg}\n", "unknown-offer")
    assert written(shop, found) == "tea-bagg"
    assert found.labels[0].span.file == "shipped/tactics/win-back.yaml"
    assert found.labels[0].message == "the tactic takes it here"


def test_a_finding_inside_a_shipped_tactic_stands_on_the_line_that_uses_it(shop: Shop) -> None:
    shop.ships("tactics/win-back.yaml", TACTIC.replace("default: 120d", "default: 900d"))
    text = """\
flows: {f: {trigger: sign_up, steps: [{send: m}, {wait: 3d}]}}
messages: {m: {subject: Hi, body: "Hi. {{ unsubscribe_url }} {{ sender_address }}"}}
"""
    shop.ships(
        "tactics/late.yaml",
        HEAD.replace("win-back", "late")
        + "flows: {late: {trigger: sign_up, steps: [{wait: 800d}, {send: m}]}}\n"
        + text.splitlines()[1],
    )
    found = shop.finding("use:\n  late: {}\n", "wait-too-long")
    assert written(shop, found) == "late"
    assert found.caption == "from the shipped `late`"
    assert found.labels[0].span.file == "shipped/tactics/late.yaml"
    assert found.fix is None


@pytest.mark.parametrize(
    ("use", "rule", "message", "advice"),
    [
        ("winback: {}", "unknown-tactic", "unknown tactic `winback`", "did you mean `win-back`?"),
        (
            "win-back: {affter: 3d}",
            "unknown-key",
            "the tactic `win-back` has no parameter `affter`",
            "did you mean `after`?",
        ),
        (
            "win-back: 90d",
            "wrong-shape",
            "`win-back`: expected its parameters as a mapping",
            "write `win-back: {}`; its parameters: after, offer",
        ),
        (
            "win-back: {after: none}",
            "wrong-shape",
            "`after`: expected a duration such as 36h, 7d, 2w or 6mo, found `none`",
            "",
        ),
        ("../win-back: {}", "unknown-tactic", "unknown tactic `../win-back`", None),
    ],
)
def test_wrong_uses_say_what_to_write(
    shop: Shop, use: str, rule: str, message: str, advice: str | None
) -> None:
    found = shop.finding(f"use:\n  {use}\n", rule)
    assert found.message == message
    if advice is not None:
        assert found.help == advice


def test_a_list_of_tactics_is_refused_with_what_to_write(shop: Shop) -> None:
    assert shop.finding("use: [win-back]\n", "wrong-shape").help == "write `win-back: {}`"


def test_a_required_parameter_is_asked_for(shop: Shop) -> None:
    tactic = TACTIC.replace("default: 120d, ", "")
    shop.ships("tactics/win-back.yaml", tactic)
    found = shop.finding("use: {win-back: {}}", "missing-key")
    assert found.message == "the tactic `win-back` needs `after`"
    assert found.help == "after: How long without an order."


def test_a_tactic_in_the_own_folder_goes_before_the_shipped_one(shop: Shop) -> None:
    before = shop.compiled("use: {win-back: {}}").graph
    (shop.folder / "tactics").mkdir()
    own = shop.folder / "tactics" / "win-back.yaml"
    own.write_text(TACTIC)
    copied = shop.compiled("use: {win-back: {}}").graph
    own.write_text(TACTIC.replace("default: 120d", "default: 60d").replace("Hello,", "Hi,"))
    edited = shop.compiled("use: {win-back: {}}").graph
    assert before is not None
    assert copied is not None
    assert edited is not None
    assert digest_of(copied) == digest_of(before)  # ejecting changes nothing by itself
    assert edited.playbook.messages["win-back/hello"].subject == "Hi"


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("inactive_for: $after", "inactive_for: $aftr", "unknown-parameter"),
        ("inactive_for: $after", "inactive_for: 30d", "unused-parameter"),
        ("tactic: win-back", "tactic: winback", "tactic-name"),
        ("tactic: win-back\n", "", "missing-key"),
        ("strategy: S8", "strategy: S99", "unknown-word"),
        ("flows:", "flowz:", "unknown-key"),
        ("flows:", "guardrails: {holdout: 5%}\nflows:", "unknown-key"),
    ],
)
def test_mistakes_in_a_tactic_of_ones_own_are_shown_in_it(
    shop: Shop, old: str, new: str, rule: str
) -> None:
    (shop.folder / "tactics").mkdir()
    assert old in TACTIC
    (shop.folder / "tactics" / "win-back.yaml").write_text(TACTIC.replace(old, new))
    compiled = shop.compiled("use: {win-back: {}}")
    found = [one for one in compiled.diagnostics if one.rule == rule]
    assert found
    assert found[0].span.file.endswith("shop/tactics/win-back.yaml")
    assert found[0].labels[-1].message == "used here"


def test_a_tactic_of_ones_own_needs_nothing_but_its_name_and_parameters(shop: Shop) -> None:
    (shop.folder / "tactics").mkdir()
    (shop.folder / "tactics" / "hi.yaml").write_text(
        "tactic: hi\n"
        "parameters: {after: {type: duration, default: 3d}, offer: {type: offer}}\n"
        "flows: {hi: {trigger: sign_up, steps: [{wait: $after}, {send: m, offer: $offer}]}}\n"
        "messages: {m: {subject: Hi, body: 'Hi {{ unsubscribe_url }} {{ sender_address }}'}}\n"
    )
    assert shop.compiled("use: {hi: {offer: free-shipping}}").graph is not None
    found = shop.finding("use: {hi: {}}", "missing-key")
    assert found.help == "offer: an offer such as 20%, 5.00, free-shipping, or the id of one"


def test_a_message_that_nobody_defines_is_the_shipped_one(shop: Shop) -> None:
    shop.ships(
        "messages/refill.md",
        "---\nsubject: Running low?\n---\nRunning low?\n{{ unsubscribe_url }} {{ sender_address }}",
    )
    flow = "flows: {f: {trigger: sign_up, steps: [{send: refill}]}}\n"
    compiled = shop.compiled(flow)
    assert compiled.graph is not None
    assert compiled.graph.playbook.messages["refill"].subject == "Running low?"
    own = 'messages: {refill: {subject: Own, body: "x {{ unsubscribe_url }} {{ sender_address }}"}}'
    compiled = shop.compiled(flow + own)
    assert compiled.graph is not None
    assert compiled.graph.playbook.messages["refill"].subject == "Own"
    assert shop.finding(
        "flows: {f: {trigger: sign_up, steps: [{send: refil}]}}\n", "unknown-message"
    )


def test_what_was_filled_in_can_be_asked_for(shop: Shop) -> None:
    shop.writes("use: {win-back: {offer: 20%}}\nflows: {f: {trigger: sign_up, steps: []}}\n")
    loaded = load(str(shop.folder), library=shop.library)
    assert loaded.playbook is not None
    told = {one.path: (one.value, one.why) for one in filled_in(loaded.playbook, loaded.uses)}
    assert told["use.win-back.after"] == ("120d", "the tactic's default")
    offer = "{percent_off: 20%, valid: 14d, code: unique, once_per_customer: true}"
    assert told["offers.win-back/offer"] == (offer, "made by your short form")
    assert told["flows.f.entry"] == ("once", "default for the trigger event")
    assert told["flows.win-back/win-back.exit_on"] == (
        "[order_placed]",
        "default for the trigger inactive_for",
    )
    assert "flows.f.trigger.event" not in told  # written, in the short form
    assert "guardrails.holdout" not in told
    assert told["stages.scale.split"][0] == "{acquisition: 30%, retention: 70%}"


ARRIVAL = "events: {new_arrival: {product.sku: text, product.name: text}}\n"
NEWS = 'messages: {m: {subject: Hi, body: "Hi. {{ unsubscribe_url }} {{ sender_address }}"}}\n'


def news(name: str, declared: str = ARRIVAL) -> str:
    """Return a tactic that begins with an event of its own."""
    flow = f"flows: {{{name}: {{trigger: new_arrival, steps: [{{send: m}}]}}}}\n"
    return HEAD.replace("win-back", name) + declared + NEWS + flow


# The order of fields and of entries does not matter, and neither does who else has it.
@pytest.mark.parametrize(
    "own",
    [ARRIVAL, "events: {new_arrival: {product.name: text, product.sku: text}, fair: {}}\n", ""],
)
def test_an_event_that_two_tactics_and_the_shop_declare_alike_is_one(shop: Shop, own: str) -> None:
    shop.ships("tactics/news.yaml", news("news"))
    shop.ships("tactics/letters.yaml", news("letters"))
    compiled = shop.compiled(f"{own}use: {{news: {{}}, letters: {{}}}}\n")
    assert [one.message for one in compiled.diagnostics if one.is_error] == []
    assert compiled.graph is not None
    fields = compiled.graph.playbook.catalogue.events["new_arrival"].fields
    assert {one.name for one in fields} == {"product.sku", "product.name"}


def test_an_event_without_fields_is_the_same_however_it_is_written(shop: Shop) -> None:
    shop.ships("tactics/news.yaml", news("news", "events: {new_arrival: {}}\n"))
    compiled = shop.compiled("events:\n  new_arrival:\nuse: {news: {}}\n")
    assert [one.message for one in compiled.diagnostics if one.is_error] == []


def test_an_event_declared_with_other_fields_shows_both_places(shop: Shop) -> None:
    shop.ships("tactics/news.yaml", news("news"))
    own = "events: {new_arrival: {product.sku: text}}\nuse: {news: {}}\n"
    found = shop.finding(own, "duplicate-id")
    assert found.message == (
        "`new_arrival` is declared under `events` here, and elsewhere with other fields"
    )
    assert written(shop, found) == "news"  # the line that brings the tactic
    assert [one.span.file.rpartition("/")[2] for one in found.labels] == [
        "news.yaml",
        "playbook.yaml",
    ]


def test_two_tactics_that_declare_an_event_otherwise_are_both_shown(shop: Shop) -> None:
    shop.ships("tactics/news.yaml", news("news"))
    shop.ships("tactics/letters.yaml", news("letters", "events: {new_arrival: {}}\n"))
    found = shop.finding("use: {news: {}, letters: {}}\n", "duplicate-id")
    assert [one.span.file for one in found.labels] == [
        "shipped/tactics/news.yaml",
        "shipped/tactics/letters.yaml",
    ]


def test_a_fact_that_a_tactic_and_the_shop_declare_alike_is_one(shop: Shop) -> None:
    shop.ships("tactics/news.yaml", news("news", ARRIVAL + "facts: {likes: [tea, coffee]}\n"))
    alike = shop.compiled("facts: {likes: [tea, coffee]}\nuse: {news: {}}\n")
    assert [one.message for one in alike.diagnostics if one.is_error] == []
    found = shop.finding("facts: {likes: text}\nuse: {news: {}}\n", "duplicate-id")
    assert found.message.endswith("and elsewhere as something else")


def test_two_files_of_the_shop_still_declare_an_event_only_once(shop: Shop) -> None:
    (shop.folder / "more.yaml").write_text("events: {fair: {}}\n")
    shop.finding("include: [more.yaml]\nevents: {fair: {}}\nflows: {}\n", "duplicate-id")
