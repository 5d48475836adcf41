"""Every shipped playbook compiles without a single finding, and does what its stage asks for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from playbook_compiler.fulfilment import fulfilment
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.programmes import PROGRAMME_NAMES
from playbook_compiler.steps import Send, Step, children
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.triggers import EventTrigger, Inactivity
from playbook_runtime import library
from playbook_runtime.checked import compile_and_check
from playbook_runtime.cli.main import group
from playbook_runtime.evidence.effects import from_library
from playbook_runtime.evidence.library import entry
from playbook_runtime.evidence.model import Form, Grade
from playbook_runtime.evidence.sends import flow_effects, send_effects

SHIPPED = ("startup", "growth", "stable", "established", "scale")


def compiled(name: str) -> TriggerGraph:
    found = compile_and_check(str(library.playbook_path(name)))
    assert found.graph is not None, [str(one) for one in found.diagnostics]
    return found.graph


def all_steps(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for _, inner in children(step):
            yield from all_steps(inner)


def test_the_five_stages_are_shipped() -> None:
    assert library.names() == SHIPPED


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        library.playbook_path("../growth")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_playbook_checks_without_any_finding(name: str) -> None:
    found = compile_and_check(str(library.playbook_path(name)))
    assert [f"{one.rule}: {one.message}" for one in found.diagnostics] == []
    assert found.graph is not None


def test_every_shipped_file_is_in_canonical_form() -> None:
    """What `playbook fmt --check` says of all of them."""
    folder = library.folder()
    files = sorted(str(path) for path in (*folder.rglob("*.yaml"), *folder.rglob("*.md")))
    assert len(files) > 50
    result = CliRunner().invoke(group, ["fmt", "--check", *files])
    assert (result.exit_code, result.output) == (0, "Nothing to format\n")


@pytest.mark.parametrize("name", SHIPPED)
def test_it_states_its_stage_and_what_is_on_that_stages_list(name: str) -> None:
    playbook = compiled(name).playbook
    assert playbook.stage == name
    stage = playbook.stages[name]
    assert stage.split is not None and stage.checklist
    items = [item for one in stage.checklist for item in playbook.checklists[one]]
    # The playbook does it, or somebody does and there is a way to know.
    assert all(item.done_by or (item.owner and (item.verify or item.every)) for item in items)
    assert [item for item in items if item.done_by]
    assert [item for item in items if item.verify]
    assert all(fulfilment(item.done_by, playbook, name).done for item in items if item.done_by)


def test_the_split_moves_from_winning_to_keeping() -> None:
    splits = [compiled(name).playbook.stages[name].split for name in SHIPPED]
    kept = [split.retention.fraction for split in splits if split is not None]
    assert kept == sorted(set(kept))
    assert (kept[0], str(kept[3])) == (0, "0.6")


def test_programmes_begin_when_the_shop_is_stable() -> None:
    has = {name: compiled(name).playbook.programmes for name in SHIPPED}
    assert has["startup"] is None
    assert has["growth"] is None
    named = {
        stage: {one for one in PROGRAMME_NAMES if getattr(found, one) is not None}
        for stage, found in has.items()
        if found is not None
    }
    assert named["stable"] == {"referral"}
    assert named["established"] == {"referral", "points", "tiers"}
    assert named["scale"] == set(PROGRAMME_NAMES)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_can_be_read_at_one_go(name: str) -> None:
    lines = library.playbook_path(name).read_text(encoding="utf-8").splitlines()
    # Growth is the one that has all its flows and texts written out.
    assert len(lines) <= (460 if name == "growth" else 250)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_flow_names_its_strategy(name: str) -> None:
    for flow in compiled(name).playbook.flows.values():
        assert flow.strategy in STRATEGIES, flow.id


@pytest.mark.parametrize("name", SHIPPED)
def test_every_message_is_sent_and_every_offer_given(name: str) -> None:
    playbook = compiled(name).playbook
    sends = [
        step
        for flow in playbook.flows.values()
        for step in all_steps(flow.steps)
        if isinstance(step, Send)
    ]
    assert {message for step in sends for message in step.send.messages} == set(playbook.messages)
    points = playbook.programmes.points if playbook.programmes is not None else None
    chosen = {one for way in (points.redeem if points else ()) for one in way.reward.choice}
    assert {step.offer for step in sends if step.offer} | chosen == set(playbook.offers)


@pytest.mark.parametrize("name", SHIPPED)
def test_marketing_mails_can_be_left_and_say_who_writes(name: str) -> None:
    for message in compiled(name).playbook.messages.values():
        if message.channel == "email":
            assert "{{ sender_address }}" in message.body, message.id
            assert message.subject
        if message.channel in ("email", "sms"):
            assert ("{{ unsubscribe_url }}" in message.body) is (message.kind == "marketing")


def test_growth_carries_out_the_flows_of_its_stage() -> None:
    flows = compiled("growth").playbook.flows
    assert {name: flow.strategy for name, flow in flows.items()} == {
        "welcome": "S1",
        "thank-you": "S2",
        "follow-up": "S4",
        "second-order": "S7",
        "refill": "S6",
        "win-back": "S8",
        "cart": "S9",
    }
    assert all(isinstance(flow.trigger, EventTrigger | Inactivity) for flow in flows.values())
    assert len({flow.priority for flow in flows.values()}) == len(flows)


def test_growths_welcome_is_four_mails_with_the_offer_last() -> None:
    steps = all_steps(compiled("growth").playbook.flows["welcome"].steps)
    sends = [step for step in steps if isinstance(step, Send)]
    assert [step.offer for step in sends] == ["", "", "", "first-cup"]


def test_growth_is_guarded() -> None:
    rails = compiled("growth").playbook.guardrails
    assert rails is not None
    assert rails.frequency and rails.quiet_hours and rails.consent == {"email": "opt-in"}
    assert str(rails.holdout) == "10%"
    for offer in compiled("growth").playbook.offers.values():
        assert offer.valid is not None and offer.once_per_customer
        assert offer.percent_off is not None and rails.discounts is not None
        assert rails.discounts.deepest is not None
        assert offer.percent_off.fraction <= rails.discounts.deepest.fraction


def test_sends_without_expectation_take_the_librarys_effect() -> None:
    found = {effects.node: effects for effects in send_effects(compiled("growth"))}
    ids = {node: effects.evidence_id for node, effects in found.items()}
    assert ids["welcome/send-hello"] == "welcome"
    assert ids["win-back/send-best-sellers"] == "email.lapsed"
    assert ids["win-back/coupon-test.coupon.send-come-back"] == "email.lapsed"
    assert ids["cart/send-cart-waiting"] == "cart.reminder.late"
    assert ids["refill/send-refill"] == "replenishment"
    assert found["thank-you/send-thank-you"].priors == ()
    assert found["second-order/send-second-cup"].priors == (from_library(entry("coupon.email")),)
    assert not ids["second-order/send-second-cup"]


def test_what_sells_nothing_is_expected_to_sell_nothing() -> None:
    (less,) = [one for one in send_effects(compiled("growth")) if "write-less" in one.step]
    assert [prior.changes_nothing for prior in less.priors] == [True]


@pytest.mark.parametrize("name", SHIPPED)
def test_no_effect_rests_on_a_vendors_claim(name: str) -> None:
    graph = compiled(name)
    priors = [prior for one in (*send_effects(graph), *flow_effects(graph)) for prior in one.priors]
    assert all(prior.grade is not Grade.D or prior.form is Form.UNSUBSCRIBE for prior in priors)
