"""What a switched-on flow, journey or campaign uses is not changed in place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.push.engine_running import STATE, Running, running

from playbook_runtime.push.in_use import users_of
from playbook_runtime.push.state import Pushed, State

REGULARS, WELCOME = "leaf-and-steam: regulars", "leaf-and-steam: welcome"
WORKSPACE = ("--lookup", "workspace.id=w1")


@pytest.fixture
def klaviyo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch) as found:
        found.run("push", "klaviyo", "--apply")
        yield found


@pytest.fixture
def dittofeed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch, "dittofeed") as found:
        done = found.run("push", "dittofeed", "--allow-lossy", "--apply", *WORKSPACE)
        assert done.returncode == 0, done.stderr
        yield found


@pytest.fixture
def voucherify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch, "voucherify") as found:
        found.edit("valid: 14d,", "valid: 14d, minimum: 20.00,")
        done = found.run("push", "voucherify", "--allow-lossy", "--apply")
        assert done.returncode == 0, done.stderr
        yield found


def within(engine: Running, where: str, title: str) -> dict[str, object]:
    objects = engine.world.engine.objects.values()
    return next(one.data for one in objects if where in one.where and one.title == title)


def test_the_segment_of_a_live_flow_of_klaviyo_is_made_anew(klaviyo: Running) -> None:
    flow = within(klaviyo, "flows", REGULARS)
    flow["status"] = "live"
    before = json.dumps(within(klaviyo, "segments", REGULARS))
    klaviyo.edit("orders >= 3", "orders >= 4")
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 0, done.stderr
    assert json.dumps(within(klaviyo, "segments", REGULARS)) == before
    assert "new draft  segment.regulars" in done.stdout
    assert "what is switched on uses the one before, which stays as it is" in done.stdout
    segment = klaviyo.object(f"{REGULARS} (v2)")
    state = json.loads((klaviyo.folder / STATE).read_text())["objects"]
    assert state["segment.regulars"]["remote"] == segment.id
    assert state["flow.regulars"]["version"] == 2
    fresh = within(klaviyo, "flows", f"{REGULARS} (v2)")
    assert segment.id in json.dumps(fresh)
    assert (fresh["status"], flow["status"]) == ("draft", "live")
    # Nothing that is switched on uses the second: it is changed in place and keeps its name.
    klaviyo.edit("orders >= 4", "orders >= 5")
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert "update     segment.regulars" in done.stdout
    assert klaviyo.object(f"{REGULARS} (v2)").id == segment.id


def line_of(stdout: str, action: str, name: str) -> str:
    start = f"{action:<10} {name} "
    return next(line for line in stdout.splitlines() if line.strip().startswith(start))


def test_the_plan_says_what_an_update_may_become(klaviyo: Running) -> None:
    """Whether the flow is live, a plan that asks nothing cannot know."""
    within(klaviyo, "flows", REGULARS)["status"] = "live"
    klaviyo.edit("orders >= 3", "orders >= 4")
    calls = klaviyo.world.calls
    line = line_of(klaviyo.run("push", "klaviyo").stdout, "update", "segment.regulars")
    assert klaviyo.world.calls == calls
    assert "if flow.regulars is switched on in Klaviyo, a second is made instead, " in line
    assert "`(v2)`, and a new draft of what uses it" in line
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert "new draft  segment.regulars" in done.stdout
    # The second is used by the second draft, which may be switched on as well.
    klaviyo.edit("orders >= 4", "orders >= 5")
    line = line_of(klaviyo.run("push", "klaviyo").stdout, "update", "segment.regulars")
    assert "`(v3)`" in line


def test_the_plan_says_where_a_push_would_stop(dittofeed: Running) -> None:
    dittofeed.edit("Welcome. ", "Hello. ")
    dittofeed.edit("wait: 3d", "wait: 4d")
    plan = dittofeed.run("push", "dittofeed", "--allow-lossy").stdout
    template = line_of(plan, "update", "template.hello")
    assert "if journey.welcome is switched on in Dittofeed, the push stops here" in template
    journey = line_of(plan, "update", "journey.welcome")
    assert "if it is switched on in Dittofeed, the push stops here" in journey


def test_the_message_of_an_earlier_live_flow_is_made_anew(klaviyo: Running) -> None:
    within(klaviyo, "flows", WELCOME)["status"] = "live"
    klaviyo.edit("wait: 3d", "wait: 4d")
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    klaviyo.edit("Welcome. ", "Hello. ")
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 0, done.stderr
    assert "Welcome. " in str(within(klaviyo, "templates", "leaf-and-steam: hello")["html"])
    fresh = within(klaviyo, "templates", "leaf-and-steam: hello (v2)")
    assert "Hello. " in str(fresh["html"])


def test_what_a_running_journey_of_dittofeed_uses_stops_the_push(dittofeed: Running) -> None:
    journey = within(dittofeed, "journeys", "welcome")
    journey["status"] = "Running"
    template = within(dittofeed, "templates", "hello")
    before = json.dumps(template)
    dittofeed.edit("Welcome. ", "Hello. ")
    push = ("push", "dittofeed", "--allow-lossy", "--apply")
    done = dittofeed.run(*push)
    assert done.returncode == 1
    assert "template.hello is used by what is switched on in Dittofeed" in done.stderr
    assert f"journey.welcome ({journey['id']})" in done.stderr
    assert "Switch that off there, push again, and switch it on again" in done.stderr
    assert json.dumps(template) == before
    journey["status"] = "Paused"
    assert dittofeed.run(*push).returncode == 0
    assert "Hello. " in json.dumps(template)
    dittofeed.edit("wait: 3d", "wait: 4d")
    assert dittofeed.run(*push).returncode == 0
    assert journey["status"] == "Paused"


def test_the_segment_that_starts_a_running_journey_stops_the_push(dittofeed: Running) -> None:
    within(dittofeed, "journeys", "regulars")["status"] = "Running"
    segment = within(dittofeed, "segments", "regulars")
    before = json.dumps(segment)
    dittofeed.edit("orders >= 3", "orders >= 4")
    done = dittofeed.run("push", "dittofeed", "--allow-lossy", "--apply")
    assert done.returncode == 1
    assert "segment.regulars is used by what is switched on" in done.stderr
    assert json.dumps(segment) == before


def test_a_journey_that_has_left_the_playbook_is_asked_too(dittofeed: Running) -> None:
    within(dittofeed, "journeys", "welcome")["status"] = "Running"
    dittofeed.edit("  welcome:\n", "  greeting:\n")
    dittofeed.edit("Welcome. ", "Hello. ")
    done = dittofeed.run("push", "dittofeed", "--allow-lossy", "--apply")
    assert done.returncode == 1
    assert "journey.welcome" in done.stderr


def test_the_rule_of_an_active_campaign_of_voucherify_stops_the_push(voucherify: Running) -> None:
    objects = voucherify.world.engine.objects.values()
    rule = next(one.data for one in objects if one.where == "/v1/validation-rules")
    campaign = next(one.data for one in objects if one.where == "/v1/campaigns")
    campaign["active"] = True
    before = json.dumps(rule)
    voucherify.edit("minimum: 20.00", "minimum: 30.00")
    push = ("push", "voucherify", "--allow-lossy", "--apply")
    done = voucherify.run(*push)
    assert done.returncode == 1
    assert f"campaign.first-cup ({campaign['id']})" in done.stderr
    assert json.dumps(rule) == before
    campaign["active"] = False
    assert voucherify.run(*push).returncode == 0
    assert json.dumps(rule) != before


def test_a_lost_state_does_not_let_a_live_flow_be_changed(klaviyo: Running) -> None:
    (klaviyo.folder / STATE).unlink()
    klaviyo.world.clock.sleep(3600)
    within(klaviyo, "flows", WELCOME)["status"] = "live"
    klaviyo.edit("Welcome. ", "Hello. ")
    done = klaviyo.run("push", "klaviyo", "--apply", "--adopt")
    assert done.returncode == 0, done.stderr
    assert "Welcome. " in str(within(klaviyo, "templates", "leaf-and-steam: hello")["html"])
    assert "new draft  template.hello" in done.stdout
    assert "new draft  flow.welcome" in done.stdout
    assert "adopt      flow.regulars" in done.stdout


def test_users_are_found_by_other_objects_and_by_what_they_stand_in() -> None:
    def one(remote: str, where: str = "/v1/things", **refs: str) -> Pushed:
        values = {f"${{ref:{name.replace('_', '.')}.id}}": value for name, value in refs.items()}
        return Pushed(f"u-{remote}", where, remote, remote, "", values)

    inside = "/v2/loyalties/programs/PRG/rewards/batch"
    state = State(
        "voucherify",
        objects={
            "campaign.c": one("CMP"),
            "reward.r": one("REW", campaign_c="CMP"),
            "campaign-reward.a": one("REW2", inside, reward_r="REW", program_p="PRG"),
            "program.p": one("PRG"),
            "segment.other": one("SEG"),
        },
    )
    assert [user.name for user in users_of(state, "campaign.c")] == [
        "campaign-reward.a",
        "program.p",
        "reward.r",
    ]
    assert users_of(state, "segment.other") == ()
