"""`playbook push`, `drift` and `unlock` as a user sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.clock import VirtualClock
from tests.faults.engines import KEY
from tests.runtime.push.engine_running import STATE, Running, running

from playbook_runtime.push.lock import acquire


@pytest.fixture
def klaviyo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch) as found:
        yield found


def test_without_apply_nothing_is_sent(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo")
    assert done.returncode == 0
    assert done.stdout.startswith("Klaviyo: 7 create\n")
    assert "  create     flow.welcome            playbook.yaml:16\n" in done.stdout
    assert "Asked of Klaviyo with --apply:\n  metric `Placed Order`\n" in done.stdout
    assert "By hand in Klaviyo, before anything is switched on:\n  codes `first-" in done.stdout
    assert "Nothing was sent. `playbook push klaviyo --apply` carries this out" in done.stdout
    assert klaviyo.world.calls == 0
    assert not (klaviyo.folder / ".playbook").exists()


def test_the_command_to_go_on_has_the_options_of_the_plan(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo", "--allow-lossy", "--adopt")
    assert "`playbook push klaviyo --allow-lossy --adopt --apply` carries this out" in done.stdout
    spaced = klaviyo.folder / "my shop"
    spaced.mkdir()
    (klaviyo.folder / "playbook.yaml").rename(spaced / "playbook.yaml")
    done = klaviyo.run("push", "klaviyo", "my shop", "--overwrite")
    assert "`playbook push klaviyo 'my shop' --overwrite --apply` carries" in done.stdout


@pytest.mark.parametrize("command", [("drift", "klaviyo"), ("unlock", "klaviyo", "0123")])
def test_a_folder_that_is_not_there_is_told(klaviyo: Running, command: tuple[str, ...]) -> None:
    done = klaviyo.run(*command, "nosuch")
    assert done.returncode == 2
    assert "There is no file or folder `nosuch`" in done.stderr
    assert "Name the one that was pushed" in done.stderr


def test_drift_before_the_first_push_says_how_to_begin(klaviyo: Running) -> None:
    done = klaviyo.run("drift", "klaviyo")
    assert done.returncode == 2
    assert ".playbook/state.klaviyo.json, which a push writes and you commit, is" in done.stderr
    assert "`playbook push klaviyo` shows what would be sent" in done.stderr


def test_apply_makes_everything_as_a_draft_and_then_nothing(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 0, done.stderr
    assert "Klaviyo: 7 sent, 0 unchanged. What was sent is switched off. Commit" in done.stdout
    engine = klaviyo.world.engine
    assert len(engine.objects) == 7
    assert not any(engine.is_active(one) for one in engine.objects.values())
    again = klaviyo.run("push", "klaviyo")
    assert again.stdout.startswith("Klaviyo: 7 unchanged\n")
    assert "Nothing to send." in again.stdout
    made = engine.made
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    assert engine.made == made
    assert sorted(one.name for one in (klaviyo.folder / ".playbook").iterdir()) == [
        ".gitignore",
        "calls.klaviyo.json",
        "state.klaviyo.json",
    ]


def test_json_for_programs(klaviyo: Running) -> None:
    plan = json.loads(klaviyo.run("push", "klaviyo", "--output-format", "json").stdout)
    assert plan["summary"]["create"] == 7
    assert plan["lookups"]["asked"] == [
        "metric.Placed Order",
        "metric.Subscribed to Email Marketing",
    ]
    done = klaviyo.run("push", "klaviyo", "--apply", "--output-format", "json")
    applied = json.loads(done.stdout)
    assert [one["action"] for one in applied["done"]] == ["create"] * 7
    assert all(one["remote"] for one in applied["done"])
    assert applied["error"] is None


def test_a_change_is_an_update_and_of_a_flow_a_new_draft(klaviyo: Running) -> None:
    klaviyo.run("push", "klaviyo", "--apply")
    klaviyo.edit("Welcome. ", "Welcome, dear customer. ")
    klaviyo.edit("wait: 3d", "wait: 4d")
    done = klaviyo.run("push", "klaviyo")
    assert done.stdout.startswith("Klaviyo: 1 update, 1 new draft, 5 unchanged\n")
    assert "cannot change a flow in place: a new draft is made" in done.stdout
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 0, done.stderr
    assert "dear customer" in klaviyo.object("leaf-and-steam: hello").data["html"]
    assert klaviyo.object("leaf-and-steam: welcome").data["status"] == "draft"
    assert klaviyo.object("leaf-and-steam: welcome (v2)").data["status"] == "draft"
    state = json.loads((klaviyo.folder / STATE).read_text())["objects"]["flow.welcome"]
    assert state["version"] == 2
    assert state["earlier"] == [klaviyo.object("leaf-and-steam: welcome").id]


def test_what_left_the_playbook_is_told_and_stays(klaviyo: Running) -> None:
    klaviyo.run("push", "klaviyo", "--apply")
    klaviyo.edit("  regulars:\n    trigger: {enters: regulars}\n    steps: [{send: thanks}]\n", "")
    done = klaviyo.run("push", "klaviyo")
    assert "orphaned   flow.regulars" in done.stdout
    assert "no longer in the playbook; it stays in Klaviyo" in done.stdout
    klaviyo.run("push", "klaviyo", "--apply")
    assert klaviyo.object("leaf-and-steam: regulars")


def test_without_a_key_it_says_where_one_belongs(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLAYBOOK_KLAVIYO_KEY")
    assert klaviyo.run("push", "klaviyo").returncode == 0
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 2
    assert "set PLAYBOOK_KLAVIYO_KEY in the environment" in done.stderr
    assert klaviyo.world.calls == 0


def test_a_wrong_key_is_told_without_it(klaviyo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_KEY", "another-canary-key")
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    assert "Klaviyo does not take the key (401)" in done.stderr
    assert "bad key Klaviyo-API-Key ********" in done.stderr
    assert "another-canary-key" not in done.stderr + done.stdout


@pytest.mark.parametrize("key", ["pk_1\r\nX-Evil: 1", "ключ-ключ", "abc"])
def test_what_is_no_key_is_refused_unsaid(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_KEY", key)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 2
    assert "What stands in PLAYBOOK_KLAVIYO_KEY is no key" in done.stderr
    assert "on one line, at least 4 of them" in done.stderr
    assert key not in done.stderr


@pytest.mark.parametrize(
    "address",
    [
        "http://a.klaviyo.example",
        "ftp://127.0.0.1",
        "https://me:secret@a.klaviyo.example",
        "https://a.klaviyo.example/?x=1",
        "https://",
        "https://a:b:c",
    ],
)
def test_only_https_or_this_machine(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_URL", address)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 2
    assert "must be an address that begins with https://" in done.stderr


def test_a_plan_that_is_kept_is_carried_out_unless_it_is_stale(klaviyo: Running) -> None:
    assert klaviyo.run("push", "klaviyo", "--plan", "plan.json").returncode == 0
    klaviyo.edit("Thanks. ", "Thank you. ")
    done = klaviyo.run("push", "klaviyo", "--apply", "--plan", "plan.json")
    assert done.returncode == 2
    assert "This plan is stale" in done.stderr
    assert "  template.thanks (in the playbook)\n" in done.stderr
    assert klaviyo.world.engine.made == 0
    klaviyo.run("push", "klaviyo", "--plan", "plan.json")
    assert klaviyo.run("push", "klaviyo", "--apply", "--plan", "plan.json").returncode == 0
    done = klaviyo.run("push", "klaviyo", "--apply", "--plan", "plan.json")
    assert done.returncode == 2
    assert "  flow.welcome (pushed since)\n" in done.stderr
    (klaviyo.folder / "other.json").write_text("{}")
    done = klaviyo.run("push", "klaviyo", "--apply", "--plan", "other.json")
    assert (done.returncode, "is no plan of a push" in done.stderr) == (2, True)


def test_a_second_push_is_refused_and_unlock_opens(klaviyo: Running) -> None:
    path = klaviyo.folder / ".playbook" / "lock.klaviyo.json"
    lock = acquire(path, "klaviyo", VirtualClock())
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 2
    assert f"playbook unlock klaviyo {lock.id}" in done.stderr
    assert klaviyo.world.calls == 0
    done = klaviyo.run("unlock", "klaviyo", "123")
    assert (done.returncode, "Nothing was unlocked" in " ".join(done.stderr.split())) == (2, True)
    assert klaviyo.run("unlock", "klaviyo", lock.id).returncode == 0
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    assert not path.exists()


def test_drift_tells_what_was_changed_and_deleted_there(klaviyo: Running) -> None:
    done = klaviyo.run("drift", "klaviyo")
    assert (done.returncode, "Nothing was pushed to Klaviyo" in done.stderr) == (2, True)
    klaviyo.run("push", "klaviyo", "--apply")
    done = klaviyo.run("drift", "klaviyo")
    assert (done.returncode, done.stdout) == (0, "Klaviyo: 7 of 7 as they were pushed.\n")
    klaviyo.object("leaf-and-steam: welcome").data["status"] = "live"
    done = klaviyo.run("drift", "klaviyo")
    assert (done.returncode, done.stdout) == (
        0,
        "Klaviyo: 7 of 7 as they were pushed, 1 switched on.\n",
    )
    thanks = klaviyo.object("leaf-and-steam: thanks")
    thanks.data["html"] += "<p>by hand</p>"
    objects = klaviyo.world.engine.objects
    del objects[next(name for name in objects if name.startswith("/api/coupons/"))]
    done = klaviyo.run("drift", "klaviyo")
    assert done.returncode == 1
    assert f"changed remotely  template.thanks   {thanks.id}\n" in done.stdout
    assert "missing remotely  coupon.first-cup" in done.stdout
    rows = json.loads(klaviyo.run("drift", "klaviyo", "--output-format", "json").stdout)
    assert rows["summary"]["changed remotely"] == rows["summary"]["missing remotely"] == 1


def test_a_target_that_cannot_be_pushed_to(klaviyo: Running) -> None:
    done = klaviyo.run("push", "klavio")
    assert done.returncode == 2
    assert "Did you mean `klaviyo`?" in done.stderr


def test_the_key_is_in_no_file(klaviyo: Running) -> None:
    klaviyo.run("push", "klaviyo", "--plan", "plan.json")
    klaviyo.run("push", "klaviyo", "--apply")
    files = [path for path in klaviyo.folder.rglob("*") if path.is_file()]
    assert len(files) == 5
    assert not any(KEY in path.read_text(encoding="utf-8") for path in files)


def test_what_looks_like_a_placeholder_in_a_text_is_text(klaviyo: Running) -> None:
    klaviyo.edit("Thanks. ", "Thanks ${lookup:metric.none}. ")
    done = klaviyo.run("push", "klaviyo")
    assert "metric `none`" not in done.stdout
    # The model of the engine refuses what still has a `${`: it is sent as it was written.
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert "Klaviyo refuses to create template `thanks` (400)" in done.stderr


def test_a_long_wait_is_told(klaviyo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    world, answers = klaviyo.world, [(429, {"Retry-After": "42"}, None, "")]
    handle = world.handle
    monkeypatch.setattr(world, "handle", lambda *call: answers.pop() if answers else handle(*call))
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 0
    assert done.stderr == "Waiting 42 s for Klaviyo ...\n"
