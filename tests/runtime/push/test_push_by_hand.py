"""What people do in the engine between two pushes, and what a push and `drift` say of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime.push.engine_running import STATE, Running, running


@pytest.fixture
def klaviyo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch) as found:
        found.run("push", "klaviyo", "--apply")
        yield found


@pytest.fixture
def voucherify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch, "voucherify") as found:
        done = found.run("push", "voucherify", "--allow-lossy", "--apply")
        assert done.returncode == 0, done.stderr
        yield found


def test_an_earlier_flow_that_is_switched_on_is_told(klaviyo: Running) -> None:
    flow = klaviyo.object("leaf-and-steam: welcome")
    flow.data["status"] = "live"
    klaviyo.edit("wait: 3d", "wait: 4d")
    done = klaviyo.run("push", "klaviyo", "--apply")
    told = f"the earlier {flow.id} is switched on: switch it off when you switch this one on"
    assert told in done.stdout
    assert "1 sent, 6 unchanged. What was sent is switched off." in done.stdout
    done = klaviyo.run("drift", "klaviyo")
    assert done.returncode == 0
    assert f"flow.welcome: the earlier {flow.id} is switched on.\n" in done.stdout
    rows = json.loads(klaviyo.run("drift", "klaviyo", "--output-format", "json").stdout)["objects"]
    on = {one["id"]: one["earlier_active"] for one in rows if one["earlier_active"]}
    assert on == {"flow.welcome": [flow.id]}


def test_a_push_that_sends_nothing_says_nothing_of_switches(klaviyo: Running) -> None:
    klaviyo.object("leaf-and-steam: welcome").data["status"] = "live"
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert "Klaviyo: 0 sent, 7 unchanged. Commit" in done.stdout
    assert "switched off" not in done.stdout


def test_a_flow_that_is_taken_over_is_compared(klaviyo: Running) -> None:
    (klaviyo.folder / STATE).unlink()
    klaviyo.world.clock.sleep(3600)
    klaviyo.edit("wait: 3d", "wait: 4d")
    done = klaviyo.run("push", "klaviyo", "--apply", "--adopt")
    assert done.returncode == 0, done.stderr
    assert "adopt      flow.regulars" in done.stdout
    assert "new draft  flow.welcome" in done.stdout
    assert "create" not in done.stdout
    assert "Klaviyo: 1 sent, 0 unchanged, 6 taken over. What was sent" in done.stdout
    state = json.loads((klaviyo.folder / STATE).read_text())["objects"]["flow.welcome"]
    assert (state["version"], len(state["earlier"])) == (2, 1)


def test_what_changes_by_itself_in_voucherify_is_no_drift(voucherify: Running) -> None:
    objects = voucherify.world.engine.objects.values()
    campaign = next(one for one in objects if one.where == "/v1/campaigns")
    campaign.data |= {"active": True, "updated_at": "2027-01-15T08:00:00Z", "vouchers_count": 5}
    campaign.data |= {"creation_status": "DONE", "vouchers_generation_status": "DONE"}
    done = voucherify.run("drift", "voucherify")
    assert done.returncode == 0, done.stdout
    assert "1 switched on" in done.stdout
    campaign.data["name"] = "by hand"
    assert voucherify.run("drift", "voucherify").returncode == 1


def test_overwrite_restores_what_was_changed_by_hand(klaviyo: Running) -> None:
    template = klaviyo.object("leaf-and-steam: hello")
    before = template.data["html"]
    template.data["html"] = "by hand"
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    assert template.data["html"] == "by hand"
    done = klaviyo.run("push", "klaviyo", "--overwrite")
    assert "With --overwrite, --apply also reads the 7 unchanged" in done.stdout
    done = klaviyo.run("push", "klaviyo", "--apply", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert template.data["html"] == before
    assert "update     template.hello" in done.stdout
    assert "it was changed by hand there" in done.stdout
    assert "Klaviyo: 1 sent, 6 unchanged." in done.stdout
    assert klaviyo.run("drift", "klaviyo").returncode == 0


def test_overwrite_makes_anew_what_was_deleted_and_a_flow_as_a_draft(klaviyo: Running) -> None:
    gone = klaviyo.object("leaf-and-steam: thanks")
    del klaviyo.world.engine.objects[f"/api/templates/{gone.id}"]
    klaviyo.object("leaf-and-steam: welcome").data["definition"]["triggers"] = []
    done = klaviyo.run("push", "klaviyo", "--apply", "--overwrite")
    assert done.returncode == 0, done.stderr
    assert "create     template.thanks" in done.stdout
    assert "new draft  flow.welcome" in done.stdout
    assert klaviyo.run("drift", "klaviyo").returncode == 0


def test_orphans_are_told_by_apply_too(klaviyo: Running) -> None:
    klaviyo.edit("  regulars:\n    trigger: {enters: regulars}\n    steps: [{send: thanks}]\n", "")
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert "orphaned   flow.regulars" in done.stdout
    assert "no longer in the playbook; it stays in Klaviyo" in done.stdout
    assert "Klaviyo: 0 sent, 4 unchanged." in done.stdout
