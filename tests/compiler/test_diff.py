"""Two compiled playbooks compared: what is told, by id, of every kind of change."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest
from tests.compiler.playbooks import FLOW, HEAD, MESSAGES, folder

from playbook_compiler.diff import Diff, Entry, diff
from playbook_compiler.diff_spelling import spelled
from playbook_compiler.diff_steps import StepDiff
from playbook_compiler.driver import load
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.lower import lower
from playbook_compiler.plan import digest_of

CASES = Path(__file__).parents[1] / "cases" / "compile"
SHOP = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1"}
economics: {gross_margin: 58%, message_costs: {email: 0.0008, sms: 0.06}}
facts: {vip: boolean}
guardrails:
  frequency: [{at_most: 3, per: 7d}, {channel: sms, at_most: 1, per: 14d}]
  quiet_hours: {from: 21:00, to: 08:00}
  consent: {email: opt-in, sms: double-opt-in}
  holdout: 10%
products: {sencha: {category: tea, lasts: 30d}, kyusu: {category: pots}}
audiences:
  lapsed: orders >= 1 and days_since_last_order > 120
  lost: audience(lapsed) and revenue > 20
  tea-lovers: bought(category tea) within 90d
offers:
  come-back: {percent_off: 20%, valid: 10d}
  for-lost: {percent_off: 10%, valid: 10d, for: lost}
messages:
  hello: {subject: Hello, body: Welcome.}
  again: {subject: Again, body: We miss you.}
  text: {channel: sms, body: We miss you.}
programmes:
  points:
    earn: [{event: order_placed, points: 1 per EUR}]
    redeem: [{points: 500, for: {amount_off: 5.00}}]
checklists:
  post-purchase: [{item: hello mail, done_by: flow welcome}]
require: [profit.difference.p10 > 0]
flows:
  welcome:
    trigger: sign_up
    steps: [send: hello, wait: 3d, {if: orders = 0, then: [send: again], else: [exit: bought]}]
  win-back:
    trigger: {inactive_for: 120d}
    audience: audience(lost)
    steps: [{send: again, offer: come-back}, {start: phone}]
  phone:
    trigger: {event: support_case_opened}
    steps: [{send: text}]
  lovers:
    trigger: {event: product_browsed, where: audience(tea-lovers)}
    steps: [{task: call}]
"""


def compiled(path: Path, text: str) -> TriggerGraph:
    loaded = load(str(folder(path, {"playbook.yaml": text})))
    assert loaded.playbook is not None, loaded.diagnostics
    graph, _ = lower(loaded.playbook)
    assert graph is not None
    return graph


def changed(path: Path, *edits: tuple[str, str], shop: str = SHOP) -> Diff:
    """Compare the shop with itself after some edits of its text."""
    text = shop
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return diff(compiled(path / "old", shop), compiled(path / "new", text))


def told(found: Diff) -> list[str]:
    """Say every direct change on a line, steps and keys too."""
    return [line for entry in found.entries if entry.is_direct for line in _entry(entry)]


def _entry(entry: Entry) -> list[str]:
    name = f"{entry.kind} {entry.id}"
    head = [f"{name} {entry.how}"] if entry.how != "modified" else []
    if entry.was:
        head = [f"{name} {entry.how}, was {entry.was}"]
    keys = [f"{name} {one.key}: {one.old.text} -> {one.new.text}" for one in entry.changes]
    steps = entry.steps if entry.how == "modified" else ()
    return [*head, *keys, *(line for step in steps for line in _step(name, step))]


def _step(flow: str, step: StepDiff) -> list[str]:
    was = f", was {step.was}" if step.was else ""
    follows = ", follows" if step.follows else ""
    moved = ", moved" if step.moved and step.how != "moved" else ""
    head = f"{flow}/{step.id} {step.how}{was}{moved}{follows}"
    return [head, *(f"  {one.key}: {one.old.text} -> {one.new.text}" for one in step.changes)]


def through(found: Diff) -> dict[str, list[str]]:
    """Say what is affected, and through what."""
    return {
        f"{entry.kind} {entry.id}": [
            f"{one.through[0]} {one.through[1]}"
            + (f" <- {one.cause[1]}" if one.cause != one.through else "")
            + (" (starts it)" if one.starts_this else "")
            for one in entry.reasons
        ]
        for entry in found.entries
        if not entry.is_direct
    }


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("120d}", "90d}", ["flow win-back trigger.inactive_for: 120d -> 90d"]),
        (
            "trigger: {inactive_for: 120d}",
            "trigger: sign_up",
            [
                "flow win-back trigger: {inactive_for: 120d} -> sign_up",
                "flow win-back entry: {again_after: 30d} -> once",
                "flow win-back exit_on: [order_placed] -> ",
            ],
        ),
        (
            "audience: audience(lost)",
            "priority: 20",
            [
                "flow win-back audience: audience(lost) -> ",
                "flow win-back priority: 50 -> 20",
            ],
        ),
        ("bought(category tea) within 90d", "orders > 3",
         ["audience tea-lovers where: bought(category tea) within 90d -> orders > 3"]),
        ("20%, valid: 10d", "15%, valid: 2w", ["offer come-back percent_off: 20% -> 15%",
                                               "offer come-back valid: 10d -> 14d"]),
        ("subject: Again", 'subject: "Again, you"',
         ['message again subject: Again -> "Again, you"']),
        ("at_most: 3", "at_most: 4", ["guardrail frequency at_most: 3 -> 4"]),
        ("{channel: sms, at_most: 1", "{channel: sms, at_most: 2",
         ["guardrail frequency.sms at_most: 1 -> 2"]),
        ("sms: double-opt-in", "sms: opt-in",
         ["guardrail consent.sms consent.sms: double-opt-in -> opt-in"]),
        ("holdout: 10%", "holdout: 20%", ["guardrail holdout holdout: 10% -> 20%"]),
        ("gross_margin: 58%", "gross_margin: {default: 58%, tea: 64%}",
         ["setting economics gross_margin: 58% -> {default: 58%, tea: 64%}"]),
        ("email: 0.0008", "email: 0.001",
         ["setting economics message_costs.email: 0.0008 -> 0.001"]),
        ("Europe/Berlin", "Europe/Paris",
         ["setting timezone timezone: Europe/Berlin -> Europe/Paris"]),
        ("lasts: 30d", "lasts: 40d", ["product sencha lasts: 30d -> 40d"]),
        ("points: 500", "points: 400", ["programme points redeem[1].points: 500 -> 400"]),
        ("item: hello mail", "item: hello letter",
         ["checklist post-purchase post-purchase[1].item: hello mail -> hello letter"]),
        ("p10 > 0", "p10 > 5", ["requirement profit.difference.p10 > 0 removed",
                                "requirement profit.difference.p10 > 5 added"]),
        ("vip: boolean", "vip: text", ["fact vip vip: boolean -> text"]),
        ("require:", "stages: {growth: {enter: orders_per_month >= 20}}\nrequire:",
         ["stage growth enter: orders_per_month >= 30 -> orders_per_month >= 20"]),
    ],
)  # fmt: skip
def test_a_changed_key_is_told_with_both_values(
    tmp_path: Path, old: str, new: str, lines: list[str]
) -> None:
    found = told(changed(tmp_path, (old, new)))
    assert set(lines) <= set(found)
    if not new.startswith("stages:"):  # stages of one's own take the place of all built-in ones
        assert found == sorted(lines, key=found.index)


def test_both_places_and_defaults_are_known(tmp_path: Path) -> None:
    line = "audience: audience(lost)\n"
    found = changed(tmp_path, (line, f"{line}    priority: 20\n"))
    [entry] = [one for one in found.entries if one.is_direct]
    [change] = entry.changes
    old, new = compiled(tmp_path / "old", SHOP), change.new.span
    assert change.old.is_default
    assert not change.new.is_default
    assert change.old.span == old.playbook.flows["win-back"].origin.key_span()
    assert entry.new_span is not None
    assert new.line == entry.new_span.line + 3
    assert Path(new.file) == tmp_path / "new" / "playbook.yaml"


def steps(path: Path, old: str, new: str) -> list[str]:
    text = HEAD + MESSAGES + FLOW.replace("[send: hello]", "{}")
    return told(
        diff(
            compiled(path / "old", text.replace("{}", old)),
            compiled(path / "new", text.replace("{}", new)),
        )
    )


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("[send: hello]", "[send: hello, send: again]", ["send-again added"]),
        ("[send: hello, send: again]", "[send: again]", ["send-hello removed"]),
        ("[{send: hello, at: 08:00-09:00}]", "[send: hello]",
         ["send-hello modified", "  at: 08:00-09:00 -> "]),
        ("[send: hello, send: again]", "[send: again, send: hello]", ["send-hello moved"]),
        ("[send: hello, task: a, task: b]", "[task: a, task: b, send: hello]",
         ["send-hello moved"]),
        ("[{send: hello, id: one}]", "[{send: hello, id: two}]", ["two renamed, was one"]),
        ("[{send: hello, id: one}]", "[{task: call, id: one}]",
         ["one modified", "  step: {send: hello} -> {task: call}"]),
        ("[wait: 3d, send: hello]", "[wait: 3d, send: again]",
         ["wait-before-send-again renamed, was wait-before-send-hello, follows",
          "send-hello removed", "send-again added"]),
        ("[wait: 3d, {if: orders = 0, then: [task: a]}]",
         "[wait: 2d, {if: orders = 1, then: [task: a]}]",
         ["wait-before-if-orders-is-1 modified, was wait-before-if-orders-is-0", "  wait: 3d -> 2d",
          "if-orders-is-1 modified, was if-orders-is-0", "  if: orders = 0 -> orders = 1",
          "if-orders-is-1.then.task-a renamed, was if-orders-is-0.then.task-a, follows"]),
        ("[{if: orders = 0, then: [send: hello], else: [exit]}]",
         "[{if: orders = 1, then: [send: hello], else: [exit]}]",
         ["if-orders-is-1 modified, was if-orders-is-0", "  if: orders = 0 -> orders = 1",
          "if-orders-is-1.then.send-hello renamed, was if-orders-is-0.then.send-hello, follows",
          "if-orders-is-1.else.exit renamed, was if-orders-is-0.else.exit, follows"]),
        ("[send: hello, {if: orders = 0, then: [task: a]}]",
         "[{if: orders = 0, then: [task: a, send: hello]}]",
         ["if-orders-is-0.then.send-hello renamed, was send-hello, moved"]),
        ("[{split: x, variants: {a: {share: 50%, steps: [send: hello]}, b: {share: 50%}}}]",
         "[{split: y, variants: {a: {share: 60%, steps: [send: hello]}, b: {share: 40%}}}]",
         ["y modified, was x", "  variants.a.share: 50% -> 60%", "  variants.b.share: 50% -> 40%",
          "y.a.send-hello renamed, was x.a.send-hello, follows"]),
        ("[{wait: {until: link_clicked, at_most: 7d}}]",
         "[{wait: {until: link_clicked, at_most: 5d}}]",
         ["wait-for-link-clicked modified", "  wait.at_most: 7d -> 5d"]),
    ],
)  # fmt: skip
def test_what_becomes_of_steps(tmp_path: Path, old: str, new: str, lines: list[str]) -> None:
    found = [line.removeprefix("flow win-back/") for line in steps(tmp_path, old, new)]
    assert found == lines


def test_a_flow_with_the_same_content_is_renamed(tmp_path: Path) -> None:
    found = changed(tmp_path, ("  lovers:\n", "  fans:\n"))
    assert told(found) == ["flow fans renamed, was lovers"]


def test_definitions_are_renamed_too_and_their_users_modified(tmp_path: Path) -> None:
    found = changed(
        tmp_path, ("come-back: {percent", "return: {percent"), ("offer: come-back", "offer: return")
    )
    assert told(found) == [
        "flow win-back/send-again modified",
        "  offer: come-back -> return",
        "offer return renamed, was come-back",
    ]


def test_added_and_removed_flows_tell_their_steps(tmp_path: Path) -> None:
    start, end = SHOP.index("  lovers:\n"), len(SHOP)
    flow = SHOP[start:end]
    gone = changed(tmp_path, (flow, ""))
    [entry] = gone.entries
    assert (entry.kind, entry.id, entry.how) == ("flow", "lovers", "removed")
    assert entry.new_span is None
    assert entry.text == "{trigger: {where: audience(tea-lovers), event: product_browsed}}"
    [step] = entry.steps
    assert (step.id, step.how, step.text) == ("task-call", "removed", "{task: call}")


@pytest.mark.parametrize(
    ("old", "new", "affected"),
    [
        ("> 120", "> 90", {"flow win-back": ["audience lost <- lapsed"],
                           "audience lost": ["audience lapsed"],
                           "offer for-lost": ["audience lost <- lapsed"]}),
        ("20%, valid", "15%, valid", {"flow win-back": ["offer come-back"]}),
        ("body: Welcome.", "body: Hi.", {"flow welcome": ["message hello"]}),
        ("at_most: 3", "at_most: 4", {"flow phone": ["guardrail frequency"],
                                      "flow welcome": ["guardrail frequency"],
                                      "flow win-back": ["guardrail frequency"]}),
        ("sms, at_most: 1", "sms, at_most: 2", {"flow phone": ["guardrail frequency.sms"]}),
        ("email: opt-in", "email: double-opt-in", {"flow welcome": ["guardrail consent.email"],
                                                   "flow win-back": ["guardrail consent.email"]}),
        ("Berlin\n", "Paris\n", {f"flow {name}": ["setting timezone"]
                                 for name in ("lovers", "phone", "welcome", "win-back")}),
        ("inactive_for: 120d", "inactive_for: 90d", {"flow phone": ["flow win-back (starts it)"]}),
        ("[{send: text}]", "[{send: text}, {task: call}]", {"flow win-back": ["flow phone"]}),
        ("sign_up\n", "account_created\n", {"checklist post-purchase": ["flow welcome"]}),
        ("category: tea, lasts: 30d", "category: tea, lasts: 60d",
         {"audience tea-lovers": ["category tea <- sencha"],
          "flow lovers": ["audience tea-lovers <- sencha"]}),
        ("gross_margin: 58%", "gross_margin: 60%", {}),
    ],
)  # fmt: skip
def test_what_uses_a_change_is_indirectly_modified(
    tmp_path: Path, old: str, new: str, affected: dict[str, list[str]]
) -> None:
    assert through(changed(tmp_path, (old, new))) == affected


def test_a_programme_affects_what_reads_its_points(tmp_path: Path) -> None:
    shop = SHOP + "  spend:\n    trigger: {points_reach: 500}\n    steps: [{task: call}]\n"
    found = changed(tmp_path, ("1 per EUR", "2 per EUR"), shop=shop)
    assert told(found) == ["programme points earn[1].points: 1 per EUR -> 2 per EUR"]
    assert through(found) == {"flow spend": ["programme points"]}


def test_a_fact_affects_what_sets_it_sends_it_and_says_it(tmp_path: Path) -> None:
    shop = SHOP.replace("body: We miss you.}", "body: 'Size {{ customer.size }}?'}", 1)
    shop = shop.replace("{vip: boolean}", "{vip: boolean, size: [s, m]}")
    steps = {"sets": "{update: {size: m}}", "sends": "{call: {url: CRM, fields: [size]}}"}
    for name, step in steps.items():
        shop += f"  {name}:\n    trigger: account_created\n    steps: [{step}]\n"
    found = changed(tmp_path, ("size: [s, m]", "size: [s, m, l]"), shop=shop)
    assert told(found) == ["fact size size: [s, m] -> [s, m, l]"]
    assert through(found) == {
        "flow sends": ["fact size"],
        "flow sets": ["fact size"],
        "flow welcome": ["message again <- size"],
        "flow win-back": ["message again <- size"],
        "message again": ["fact size"],
    }


def test_a_removed_guardrail_affects_the_flows_that_it_bound(tmp_path: Path) -> None:
    found = changed(tmp_path, ("  quiet_hours: {from: 21:00, to: 08:00}\n", ""))
    assert told(found) == ["guardrail quiet_hours removed"]
    assert set(through(found)) == {"flow phone", "flow welcome", "flow win-back"}


def test_comments_order_and_layout_are_no_change(tmp_path: Path) -> None:
    sections = SHOP.index("audiences:"), SHOP.index("offers:"), SHOP.index("messages:")
    a, o, m = sections
    text = f"# a word\n{SHOP[:a]}{SHOP[o:m]}\n\n{SHOP[a:o]}{SHOP[m:]}"
    found = diff(compiled(tmp_path / "old", SHOP), compiled(tmp_path / "new", text))
    assert found.is_empty
    assert found.old_digest == found.new_digest == digest_of(compiled(tmp_path / "old", SHOP))


def test_a_side_without_a_playbook(tmp_path: Path) -> None:
    shop = compiled(tmp_path, SHOP)
    come, gone = diff(None, shop), diff(shop, None)
    assert {entry.how for entry in come.entries} == {"added"}
    assert {entry.how for entry in gone.entries} == {"removed"}
    assert [(e.kind, e.id) for e in come.entries] == [(e.kind, e.id) for e in gone.entries]
    assert "stage" not in {entry.kind for entry in come.entries}  # they are built in
    assert come.old_digest == gone.new_digest == ""


def test_a_default_that_comes_with_a_section_is_nobodys_change(tmp_path: Path) -> None:
    bare = SHOP[: SHOP.index("guardrails:")] + SHOP[SHOP.index("audiences:") :]
    for found in (
        diff(compiled(tmp_path / "bare", bare), compiled(tmp_path / "shop", SHOP)),
        diff(compiled(tmp_path / "shop", SHOP), compiled(tmp_path / "bare", bare)),
        diff(None, compiled(tmp_path / "shop", SHOP)),
    ):
        ids = {entry.id for entry in found.entries if entry.kind == "guardrail"}
        assert "frequency" in ids
        assert "when_capped" not in ids
    assert "guardrail when_capped added" in told(
        diff(
            compiled(tmp_path / "bare", bare),
            compiled(
                tmp_path / "written",
                SHOP.replace("  frequency:", "  when_capped: skip\n  frequency:", 1),
            ),
        )
    )


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_every_leaf_of_a_case_counts(tmp_path: Path, name: str) -> None:
    """Whatever changes the digest is told: each line is dropped once, where that still compiles."""
    shutil.copytree(CASES / name, tmp_path / "old")
    old = load(str(tmp_path / "old"))
    assert old.playbook is not None
    before, _ = lower(old.playbook)
    shutil.copytree(CASES / name, tmp_path / "new")
    main = tmp_path / "new" / "playbook.yaml"
    lines = main.read_text(encoding="utf-8").splitlines(keepends=True)
    assert before is not None
    compared, unchanged = 0, digest_of(before)
    for index in range(len(lines)):
        main.write_text("".join(lines[:index] + lines[index + 1 :]), encoding="utf-8")
        loaded = load(str(tmp_path / "new"))
        if loaded.playbook is None:
            continue
        after, _ = lower(loaded.playbook)
        assert after is not None
        compared += 1
        found = diff(before, after)
        assert found.is_empty is (unchanged == digest_of(after)), lines[index]
    assert compared > 0


def test_the_order_of_a_comparison_is_that_of_kinds_and_ids(tmp_path: Path) -> None:
    edits = [("> 120", "> 90"), ("20%, valid", "15%, valid"), ("sign_up\n", "account_created\n")]
    first = changed(tmp_path / "a", *edits)
    random.Random(7).shuffle(edits)
    again = changed(tmp_path / "b", *edits)
    names = [(one.kind, one.id, one.how) for one in first.entries]
    assert names == [(one.kind, one.id, one.how) for one in again.entries]
    assert names == [
        ("flow", "welcome", "modified"),
        ("audience", "lapsed", "modified"),
        ("offer", "come-back", "modified"),
        ("flow", "win-back", "indirectly-modified"),
        ("audience", "lost", "indirectly-modified"),
        ("offer", "for-lost", "indirectly-modified"),
        ("checklist", "post-purchase", "indirectly-modified"),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain words", "plain words"),
        ("a, b", '"a, b"'),
        ("yes: no", '"yes: no"'),
        ("12", '"12"'),
        ("two\nlines", '"two\\nlines"'),
        (True, "true"),
        ([1, "a"], "[1, a]"),
        ({"b": 1, "a": []}, "{a: [], b: 1}"),
        (None, ""),
    ],
)
def test_values_are_spelled_as_in_a_playbook(value: object, text: str) -> None:
    assert spelled(value) == text


def big(flows: int, length: str, at_most: int) -> str:
    head = f"{HEAD}guardrails: {{frequency: {{at_most: {at_most}, per: 7d}}}}\n"
    audiences = "".join(
        f"  a{n}: orders > 1{f' and audience(a{n - 1})' if n % 20 else ''}\n" for n in range(flows)
    )
    messages = "".join(f"  m{n}: {{subject: s{n}, body: b{n}}}\n" for n in range(flows))
    body = "".join(
        f"  f{n}: {{trigger: {{inactive_for: 90d}}, audience: audience(a{n}), steps:"
        f" [send: m{n}, wait: {length}, {{if: orders > 2, then: [task: t{n}]}}]}}\n"
        for n in range(flows)
    )
    return f"{head}audiences:\n{audiences}messages:\n{messages}flows:\n{body}"


def test_the_cost_is_linear(tmp_path: Path) -> None:
    seconds = []
    for flows in (100, 400):
        old = compiled(tmp_path / f"old{flows}", big(flows, "3d", 3))
        new = compiled(tmp_path / f"new{flows}", big(flows, "4d", 4))
        taken = []
        for _ in range(3):  # the machine is shared: the best of three
            start = time.process_time()
            found = diff(old, new)
            taken.append(time.process_time() - start)
        seconds.append(min(taken))
        assert sum(one.kind == "flow" and one.how == "modified" for one in found.entries) == flows
    # Four times the flows: quadratic work would take sixteen times as long.
    assert seconds[1] < 9 * seconds[0]
