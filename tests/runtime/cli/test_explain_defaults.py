"""`playbook explain --defaults PATH`: all that was filled in."""

from __future__ import annotations

from pathlib import Path

from tests.runtime.cli.command import playbook

FIFTEEN = """\
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
  win-back: {after: 120d, offer: 20%}  # `offer: 20%` makes a coded 14-day offer
flows:
  refill:
    trigger: {replenishment: typical interval}
    steps: [send: refill]            # a message you don't define is the shipped one of that id
"""


def test_the_fifteen_lines_show_what_they_mean(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(FIFTEEN)
    done = playbook("explain", "--defaults", ".", cwd=tmp_path)
    assert done.returncode == 0
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    for expected in (
        "win-back/offer: {percent_off: 20%, valid: 14d, code: unique,",
        "entry: {again_after: 30d} # default for the trigger replenishment",
        "exit_on: [order_placed] # default for the trigger replenishment",
        "send-refill.expect: replenishment # the evidence library's",
        "email: opt-in # taken where no rule is written",
        "refill: Running low? # shipped message, shipped/messages/refill.md:2",
        "stages.growth",
    ):
        assert any(line.startswith(expected) or expected in line for line in lines), expected
    assert not any(line.startswith("after: 120d") for line in lines)  # written


def test_a_broken_playbook_shows_its_findings(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(FIFTEEN.replace("EUR", "EURO"))
    done = playbook("explain", "--defaults", ".", cwd=tmp_path)
    assert done.returncode == 1
    assert "unknown-currency" in done.stderr
    assert done.stdout == ""


def test_a_rule_and_a_playbook_are_two_questions(tmp_path: Path) -> None:
    done = playbook("explain", "no-holdout", "--defaults", ".", cwd=tmp_path)
    assert done.returncode == 2


def test_what_a_tactic_says_of_its_flow_is_told_as_the_tactics(tmp_path: Path) -> None:
    (tmp_path / "playbook.yaml").write_text(FIFTEEN)
    done = playbook("explain", "--defaults", ".", cwd=tmp_path)
    lines = [" ".join(line.split()) for line in done.stdout.splitlines()]
    start = lines.index("flows.win-back/win-back")
    flow = lines[start : lines.index("", start)]
    for expected in (
        "trigger: {inactive_for: 120d} # tactic win-back, shipped/tactics/win-back.yaml:",
        "entry: {again_after: 180d} # tactic win-back, shipped/tactics/win-back.yaml:",
        "priority: 20 # tactic win-back, shipped/tactics/win-back.yaml:",
    ):
        assert any(line.startswith(expected) for line in flow), (expected, flow)
    # A flow without words of its own is told by what sets it off.
    assert any(line.startswith("cart/cart: cart_abandoned #") for line in lines), lines


def test_an_effect_that_there_is_not_is_told_and_1(tmp_path: Path) -> None:
    text = FIFTEEN.replace("[send: refill]", "[{send: refill, expect: email.lapse}]")
    (tmp_path / "playbook.yaml").write_text(text)
    done = playbook("explain", "--defaults", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "did you mean `email.lapsed`?" in done.stderr
