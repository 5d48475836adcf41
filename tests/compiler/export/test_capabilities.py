"""Each target answers for every construct of the language, and its page says the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contracts.exports import CASES, case, graph_of

from playbook_compiler.export.capability import Support, Target
from playbook_compiler.export.constructs import constructs
from playbook_compiler.export.matrix import with_matrix
from playbook_compiler.export.page import with_tables
from playbook_compiler.export.registry import all_targets
from playbook_compiler.records import Record, keys_of
from playbook_compiler.steps import Send, Step, UntilEvent, Wait, children

DOCS = Path(__file__).resolve().parents[3] / "docs" / "targets"
TARGETS = all_targets()


def test_the_constructs_are_those_of_the_language() -> None:
    found = constructs()
    assert len(set(found)) == len(found)
    for one in (
        "step.send",
        "step.send.at",
        "step.send.offer",
        "step.send.expect",
        "step.split",
        "step.wait.event",
        "trigger.event",
        "trigger.inactive_for",
        "trigger.where",
        "flow.priority",
        "flow.exit_on",
        "flow.exit_when",
        "flow.goal",
        "flow.entry",
        "flow.existing",
        "guardrails.holdout",
        "guardrails.frequency",
        "guardrails.quiet_hours",
        "guardrails.discounts",
        "playbook.economics",
        "playbook.assume",
        "playbook.require",
        "offer.replaces",
        "condition.in-top",
        "fact.rfm",
        "event.cart_abandoned",
        "channel.post",
        "variable.offer.code",
    ):
        assert one in found


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_every_construct_has_a_row(target: Target) -> None:
    assert sorted(target.capabilities) == sorted(constructs())


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_every_row_says_how_and_what_a_loss_would_be(target: Target) -> None:
    for row in target.capabilities.values():
        assert row.how
        assert bool(row.lossy) is (row.support is Support.REFUSED), row.construct


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_the_page_has_the_table(target: Target, update: bool) -> None:
    page = DOCS / f"{target.name}.md"
    text = page.read_text(encoding="utf-8")
    fresh = with_tables(text, target)
    if update:
        page.write_text(fresh, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == fresh, "run pytest with --update"


def test_the_matrix_is_that_of_the_tables(update: bool) -> None:
    page = DOCS.parent / "reference" / "targets.md"
    text = page.read_text(encoding="utf-8")
    fresh = with_matrix(text, TARGETS)
    if update:
        page.write_text(fresh, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == fresh, "run pytest with --update"


def _written(record: Record, prefix: str, skip: tuple[str, ...] = ()) -> Iterator[str]:
    for key in keys_of(type(record)):
        if key not in skip and record.origin.has(key):
            yield f"{prefix}.{key}"


# Ways out of a step: their steps are entries of their own.
_WAYS = ("happened", "timed_out", "then", "else", "variants")


def _steps(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        waits_for_event = isinstance(step, Wait) and isinstance(step.wait, UntilEvent)
        yield "step.wait.event" if waits_for_event else f"step.{step.kind}"
        if step.origin.has("id"):
            yield "step.id"
        if isinstance(step, Send) and step.send.order != "one":
            yield f"step.send.{step.send.order}"
        yield from _written(step, f"step.{step.kind}", ("id", step.kind, *_WAYS))
        for _, inner in children(step):
            yield from _steps(inner)


@pytest.mark.parametrize("name", ["everything", "lossy"])
def test_nothing_that_the_author_wrote_is_silently_absent(name: str) -> None:
    playbook = graph_of(CASES / name / "playbook.yaml").playbook
    expected = set()
    for flow in playbook.flows.values():
        expected |= set(_written(flow, "flow", ("trigger", "steps")))
        expected.add(f"trigger.{flow.trigger.kind}")
        if flow.trigger.where is not None:
            expected.add("trigger.where")
        if flow.id not in ("weekly", *(["birthday"] if name == "lossy" else [])):  # left out
            expected |= set(_steps(flow.steps))
    for offer in playbook.offers.values():
        expected |= set(_written(offer, "offer"))
    sent = {
        entry.id
        for entry in case(name).lowering.entries
        if entry.construct == "message.body" and entry.support is not Support.DROPPED
    }
    assert sent
    for message in playbook.messages.values():
        if message.id in sent:
            expected |= set(_written(message, "message"))
    for audience in playbook.audiences.values():
        expected |= set(_written(audience, "audience"))
    assert playbook.guardrails is not None
    expected |= set(_written(playbook.guardrails, "guardrails"))
    document = playbook.origin.document.data
    assert isinstance(document, dict)
    own = {"flows", "audiences", "offers", "messages", "guardrails"}
    expected |= {f"playbook.{key}" for key in document if key not in own}
    told = {entry.construct for entry in case(name).lowering.entries}
    assert expected - told == set()


def test_every_entry_stands_at_the_line_that_says_it() -> None:
    lines = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8").splitlines()
    for entry in case("everything").lowering.entries:
        key = entry.construct.rpartition(".")[2]
        line = lines[entry.span.line - 1]
        if entry.construct.startswith(("step.", "offer.", "guardrails.")):
            unsaid = ("event", "exit", "code", "ladder", "rotation", "field")
            assert key in line or key in unsaid, (entry.construct, line)
