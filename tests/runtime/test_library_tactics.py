"""Every shipped tactic, used in one line by a plain shop, compiles without a finding and says what
it is, where it comes from and what it rests on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.plain_shop import (
    ALTERNATIVES,
    ARGUMENTS,
    NAMES,
    SHOP,
    compiled,
    document,
    head,
    shop,
    tactic,
)

from playbook_compiler.decode import decode
from playbook_compiler.front_matter import read_message
from playbook_compiler.steps import Send
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.template import Conditional, Template, Variable, parse_template
from playbook_runtime.evidence.library import LIBRARY
from playbook_runtime.evidence.sends import send_effects
from playbook_runtime.library import folder


@pytest.mark.parametrize("name", NAMES)
def test_used_in_one_line_it_compiles_without_a_finding(name: str, tmp_path: Path) -> None:
    graph, found = compiled(tmp_path, shop({name: ARGUMENTS.get(name, "{}")}))
    assert found == []
    assert graph is not None
    own = [flow for flow in graph.playbook.flows if flow.startswith(f"{name}/")]
    assert own or graph.playbook.checklists


def test_all_of_them_together_compile_without_a_finding(tmp_path: Path) -> None:
    uses = {name: ARGUMENTS.get(name, "{}") for name in NAMES if name not in ALTERNATIVES}
    graph, found = compiled(tmp_path, shop(uses))
    assert found == []
    assert graph is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_currency_without_decimals_is_as_good(name: str, tmp_path: Path) -> None:
    costs = SHOP[SHOP.index("  order_costs:") : SHOP.index("guardrails:")]
    text = shop({name: ARGUMENTS.get(name, "{}")}).replace(costs, "")
    text = text.replace("1 per EUR", "1 per 100 JPY").replace("EUR", "JPY")
    text = re.sub(r"cost: (\d)\.(\d\d)", r"cost: \1\2", text)
    _, found = compiled(tmp_path, text)
    assert found == []


OPTIONAL = [
    (name, parameter)
    for name in NAMES
    for parameter, one in head(name).parameters.items()
    if one.optional
]


@pytest.mark.parametrize(("name", "parameter"), OPTIONAL)
def test_what_is_optional_can_be_left_out(name: str, parameter: str, tmp_path: Path) -> None:
    _, found = compiled(tmp_path, shop({name: f"{{{parameter}: none}}"}))
    assert found == []


OFFERS = [
    (name, parameter)
    for name in NAMES
    for parameter, one in head(name).parameters.items()
    if one.type == "offer"
]


@pytest.mark.parametrize(("name", "parameter"), OFFERS)
def test_an_offer_can_be_named(name: str, parameter: str, tmp_path: Path) -> None:
    gift = "{gift: a sampler, cost: 2.40, valid: 30d, once_per_customer: true}"
    graph, found = compiled(tmp_path, shop({name: f"{{{parameter}: {gift}}}"}))
    assert found == []
    assert graph is not None
    assert graph.playbook.offers[f"{name}/{parameter}"].gift == "a sampler"


FIFTEEN_LINES = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf & Steam, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%}
use:                                   # shipped tactics, one line each
  thank-you: {}
  welcome: {offer: 10%}
  cart: {}
  win-back: {after: 120d, offer: 20%}
flows:
  refill:
    trigger: {replenishment: typical interval}
    steps: [send: refill]            # a message you don't define is the shipped one of that id
"""


def test_fifteen_lines_are_enough(tmp_path: Path) -> None:
    assert len(FIFTEEN_LINES.splitlines()) == 15
    graph, _ = compiled(tmp_path, FIFTEEN_LINES)
    assert graph is not None
    playbook = graph.playbook
    assert playbook.messages["refill"].subject == "Running low?"
    assert str(playbook.offers["welcome/offer"].percent_off) == "10%"
    assert str(playbook.offers["win-back/offer"].percent_off) == "20%"
    assert str(playbook.offers["win-back/offer"].valid) == "14d"
    names = ["cart/cart", "refill", "thank-you/thank-you", "welcome/welcome", "win-back/win-back"]
    assert sorted(playbook.flows) == names


def test_with_guardrails_nothing_is_found_in_them(tmp_path: Path) -> None:
    guardrails = SHOP[SHOP.index("guardrails:") : SHOP.index("flows:")]
    graph, found = compiled(tmp_path, FIFTEEN_LINES + guardrails)
    assert graph is not None
    assert found == []


def test_every_strategy_of_the_catalogue_is_carried_by_one() -> None:
    carried = {strategy for name in NAMES for strategy in head(name).strategy}
    assert carried == set(STRATEGIES)


@pytest.mark.parametrize("name", NAMES)
def test_it_carries_what_it_says(name: str, tmp_path: Path) -> None:
    """The first strategy named is that of a flow, a programme or an item of a checklist."""
    graph, _ = compiled(tmp_path, shop({name: ARGUMENTS.get(name, "{}")}))
    assert graph is not None
    playbook, named = graph.playbook, head(name).strategy
    done = {flow.strategy for flow in playbook.flows.values()}
    done |= {item.strategy for items in playbook.checklists.values() for item in items}
    assert named[0] in done or name == "post-purchase"
    assert done - {""} <= set(STRATEGIES)


# The public guides that the catalogue was gathered from. Other sources are studies of the library.
GUIDES = (
    '"Customer retention 101" (Shopify, 2019)',
    '"Customer retention strategies" (Drip blog)',
    '"Effective retention strategy for an online store" (Ecwid blog, G. Sharma)',
    '"Post-purchase marketing"',
    '"20 tactics to raise retention"',
    '"Keeping old customers on Taobao"',
    '"Retention and repurchase"',
)


@pytest.mark.parametrize("name", NAMES)
def test_it_says_everything_about_itself(name: str) -> None:
    told = head(name)
    for key in ("about", "strategy", "stage", "source", "effect"):
        assert told.origin.has(key), f"{name} does not say its {key}"


@pytest.mark.parametrize("name", NAMES)
def test_its_sources_are_guides_and_studies(name: str) -> None:
    for source in head(name).source.split("; "):
        assert source.startswith(GUIDES) or is_study(source)


def is_study(source: str) -> bool:
    return any(entry.source.startswith(source) for entry in LIBRARY)


@pytest.mark.parametrize("name", NAMES)
def test_its_figures_are_graded(name: str) -> None:
    """What only a guide says is a claim, of grade D; the better grades come from studies."""
    grades = {figure.grade for figure in head(name).figures}
    studies = [source for source in head(name).source.split("; ") if is_study(source)]
    assert grades <= {"A", "B", "C", "D"}
    assert bool(grades - {"D"}) is bool(studies)


@pytest.mark.parametrize("name", NAMES)
def test_its_effect_is_the_one_that_a_projection_takes(name: str, tmp_path: Path) -> None:
    said = head(name).effect
    assert said is not None
    assert bool(said.library) is not bool(said.none)
    graph, _ = compiled(tmp_path, shop({name: ARGUMENTS.get(name, "{}")}))
    assert graph is not None
    steps = [node.what for node in graph.nodes.values() if isinstance(node.what, Send)]
    taken = {effects.evidence_id for effects in send_effects(graph)}
    taken |= {step.expect.source for step in steps if step.expect is not None}
    programmes = graph.playbook.programmes
    if programmes is not None and (programmes.points or programmes.tiers or programmes.membership):
        taken.add("loyalty.member")
    assert set(said.library) == taken - {""}


@pytest.mark.parametrize("name", NAMES)
def test_its_parameters_are_told_and_all_used(name: str) -> None:
    used = set(re.findall(r"\$([a-z][a-z0-9-]*)", tactic(name)))
    assert used == set(head(name).parameters)
    assert all(one.about.endswith(".") for one in head(name).parameters.values())


def test_percentages_are_for_second_orders_and_for_the_lapsed() -> None:
    """F11: credit, gifts and free shipping come first."""
    deep = [
        name
        for name, parameter in OFFERS
        if str(head(name).parameters[parameter].default).endswith("%")
    ]
    assert deep == ["second-order", "win-back"]


def texts() -> list[tuple[str, dict[str, str]]]:
    """Return the shipped messages as they are written, those of tactics with its name before."""
    found: list[tuple[str, dict[str, str]]] = []
    for name in NAMES:
        data: Any = document(name).data
        found.extend((f"{name}/{id_}", one) for id_, one in data.get("messages", {}).items())
    for path in sorted((folder() / "messages").glob("*.md")):
        source, _ = decode(path.name, path.read_bytes())
        assert source is not None
        read, _, problems = read_message(source)
        assert read is not None and not problems
        data = read.data
        found.extend(data["messages"].items())
    return found


TEXTS = texts()


@pytest.mark.parametrize(("id_", "message"), TEXTS, ids=[id_ for id_, _ in TEXTS])
def test_a_mail_reads_well(id_: str, message: dict[str, str]) -> None:
    said = " ".join(plain(message.get(key, "")) for key in ("subject", "preview", "body"))
    # Nothing is shouted, and nothing depends on what a shop sets: no amounts, no percentages.
    assert "!" not in said
    assert not re.search(r"\d\s*%|EUR|USD|[€$£]", said)
    assert not re.search(
        r"\b(dear customer|don't miss|hurry up|last chance|act now|only today)\b", said.lower()
    )
    if message["channel"] == "email":
        assert 5 <= len(plain(message["subject"])) <= 70
        assert 5 <= len(plain(message["preview"])) <= 90
        assert 100 <= len(plain(message["body"])) <= 1_200
    elif message["channel"] == "sms":
        assert len(plain(message["body"])) <= 160


@pytest.mark.parametrize(("id_", "message"), TEXTS, ids=[id_ for id_, _ in TEXTS])
def test_a_name_that_is_not_known_leaves_no_gap(id_: str, message: dict[str, str]) -> None:
    for key in ("subject", "preview", "body"):
        template, problems = parse_template(message.get(key, ""))
        assert not problems
        assert template is not None
        for part in template:
            if isinstance(part, Variable) and part.name.startswith("customer."):
                assert part.default


def plain(text: str) -> str:
    """Return a text as a reader sees it, each variable as a short word."""
    template, _ = parse_template(text)
    return _said(template or ())


def _said(template: Template) -> str:
    said = ""
    for part in template:
        if isinstance(part, Variable):
            said += part.default or "value"
        elif isinstance(part, Conditional):
            said += _said(part.then)
        else:
            said += part.text
    return said
