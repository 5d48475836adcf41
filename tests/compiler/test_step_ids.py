"""Ids of steps come from what they do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compiler.playbooks import HEAD, MESSAGES, folder, graph, read, told

from playbook_compiler.step_ids import slug

HEADER = f"{HEAD}{MESSAGES}audiences: {{core: orders > 3}}\nflows:\n  it:\n    trigger: sign_up\n"
STEPS = """\
    steps:
      - send: hello
      - wait: 3d
      - send: [again, hello]
      - split: coupon-test
        variants:
          coupon: {share: 50%, steps: [send: hello, wait: 1d, exit]}
          plain: {share: 50%, steps: [send: hello]}
      - wait: {until: link_clicked, at_most: 7d}
        happened: [exit]
        timed_out: [send: again]
      - if: orders >= 2 and audience(core)
        then: [task: "Call the customer!"]
        else: [{send: hello, id: greet}]
      - branch: [{if: orders > 5, then: [send: hello]}, {if: orders > 2, then: []}]
      - wait: 2d
"""


def step_ids(path: Path, text: str) -> list[str]:
    return [node.step_id for node in graph(path, text).nodes.values()]


def test_each_kind_has_an_id_from_its_content(tmp_path: Path) -> None:
    assert step_ids(tmp_path, HEADER + STEPS) == [
        "trigger",
        "send-hello",
        "wait-before-send-again-or-hello",
        "send-again-or-hello",
        "coupon-test",
        "coupon-test.coupon.send-hello",
        "coupon-test.coupon.wait-before-exit",
        "coupon-test.coupon.exit",
        "coupon-test.plain.send-hello",
        "wait-for-link-clicked",
        "wait-for-link-clicked.happened.exit",
        "wait-for-link-clicked.timed-out.send-again",
        "if-orders-at-least-2-and-audience-core",
        "if-orders-at-least-2-and-audience-core.then.task-call-the-customer",
        "greet",
        "branch",
        "branch.if-orders-over-5.send-hello",
        "wait-before-end",
        "end",
    ]


def test_adding_or_moving_a_step_renames_no_other(tmp_path: Path) -> None:
    before = step_ids(folder(tmp_path / "a", {}), HEADER + STEPS)
    more = STEPS.replace("    steps:\n", "    steps:\n      - task: look\n")
    after = step_ids(folder(tmp_path / "b", {}), HEADER + more)
    assert after == [before[0], "task-look", *before[1:]]


def test_a_case_more_renames_no_step_of_the_others(tmp_path: Path) -> None:
    case = "{if: orders > 5, then: [send: hello]}"
    more = "{if: orders > 9, then: [send: again]}"
    before = step_ids(tmp_path, f"{HEADER}    steps:\n      - branch: [{case}]\n")
    first = step_ids(tmp_path, f"{HEADER}    steps:\n      - branch: [{more}, {case}]\n")
    assert before == ["trigger", "branch", "branch.if-orders-over-5.send-hello", "end"]
    assert set(first) == {*before, "branch.if-orders-over-9.send-again"}


def test_two_steps_of_one_name_need_an_id(tmp_path: Path) -> None:
    twice = HEADER + "    steps:\n      - send: hello\n      - wait: 1d\n      - send: hello\n"
    loaded = read(tmp_path, twice)
    assert told(loaded) == ["playbook.yaml:15:9 step-id-collision"]
    assert loaded.diagnostics[0].labels[0].span.line == 13
    named = twice + "        id: second\n"
    assert step_ids(tmp_path, named) == [
        "trigger",
        "send-hello",
        "wait-before-second",
        "second",
        "end",
    ]


@pytest.mark.parametrize("name", ["trigger", "end"])
def test_an_id_may_not_be_one_that_every_flow_has(tmp_path: Path, name: str) -> None:
    loaded = read(tmp_path, f"{HEADER}    steps: [{{send: hello, id: {name}}}]\n")
    assert told(loaded) == ["playbook.yaml:12:31 reserved-id"]


def test_a_slug_keeps_the_meaning_of_signs_and_other_alphabets() -> None:
    assert slug("orders >= 2") != slug("orders <= 2")
    assert slug("Call the customer!") == "call-the-customer"
    assert slug("打电话给客户") == "打电话给客户"
    assert len(slug("word " * 100)) <= 60
