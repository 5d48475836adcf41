"""What a push does where the account is not as it was left: it asks, and never guesses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.engines import Object
from tests.runtime.push.engine_running import STATE, Running, running


@pytest.fixture
def klaviyo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, monkeypatch) as found:
        yield found


def said(text: str) -> str:
    return " ".join(text.split())


def test_something_of_the_same_name_is_not_made_again(klaviyo: Running) -> None:
    """As after a state file that was never committed."""
    klaviyo.run("push", "klaviyo", "--apply")
    (klaviyo.folder / STATE).unlink()
    klaviyo.world.clock.sleep(3600)  # the lists show it all
    made = klaviyo.world.engine.made
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: playbook.yaml:8: ")
    assert "Klaviyo has a segment `leaf-and-steam: regulars` already" in done.stderr
    assert "--adopt" in done.stderr
    done = klaviyo.run("push", "klaviyo", "--apply", "--adopt")
    assert done.returncode == 0, done.stderr
    assert klaviyo.world.engine.made == made
    assert klaviyo.run("drift", "klaviyo").returncode == 0


def test_two_of_a_name_are_told(klaviyo: Running) -> None:
    for name in ("TPLx", "TPLy"):
        twin = Object(name, "/api/templates", "leaf-and-steam: hello", {})
        twin.data["name"] = twin.title
        klaviyo.world.engine.objects[f"/api/templates/{name}"] = twin
    done = klaviyo.run("push", "klaviyo", "--apply", "--adopt")
    assert done.returncode == 1
    assert "has 2 objects of the name `leaf-and-steam: hello`" in done.stderr


def test_a_change_by_hand_is_not_written_over(klaviyo: Running) -> None:
    klaviyo.run("push", "klaviyo", "--apply")
    klaviyo.edit("Welcome. ", "Hello. ")
    klaviyo.object("leaf-and-steam: hello").data["html"] = "by hand"
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    assert "template.hello was changed by hand in Klaviyo" in done.stderr
    assert klaviyo.object("leaf-and-steam: hello").data["html"] == "by hand"
    assert klaviyo.run("push", "klaviyo", "--apply", "--overwrite").returncode == 0
    assert "Hello. " in klaviyo.object("leaf-and-steam: hello").data["html"]


def test_what_was_deleted_there_is_made_again_when_it_changes(klaviyo: Running) -> None:
    klaviyo.run("push", "klaviyo", "--apply")
    klaviyo.edit("Welcome. ", "Hello. ")
    gone = klaviyo.object("leaf-and-steam: hello")
    del klaviyo.world.engine.objects[f"/api/templates/{gone.id}"]
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 0, done.stderr
    assert "it was no longer in Klaviyo" in done.stdout
    fresh = klaviyo.object("leaf-and-steam: hello")
    assert fresh.id != gone.id
    # The flow that sends it refers to the new one, as a new draft.
    assert fresh.id in json.dumps(klaviyo.object("leaf-and-steam: welcome (v2)").data)


def test_a_refusal_is_told_once_with_the_line(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = klaviyo.world.engine
    answer = engine.answer

    def picky(method: str, path: str, *rest: Any) -> tuple[int, Any]:
        if (method, path) == ("POST", "/api/flows"):
            return 400, {"errors": [{"code": "invalid", "detail": "'definition' is too long"}]}
        return answer(method, path, *rest)

    monkeypatch.setattr(engine, "answer", picky)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    line = "playbook.yaml:20: Klaviyo refuses to create flow `regulars` (400): 'definition' is to"
    assert line in done.stderr
    state = json.loads((klaviyo.folder / STATE).read_text())
    assert state["intent"] is None
    assert len(state["objects"]) == 5
    monkeypatch.setattr(engine, "answer", answer)
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0


def test_the_limit_of_a_day_stops_it_cleanly(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = klaviyo.world
    handle = world.handle

    def used_up(method: str, path: str, *rest: Any) -> Any:
        if (method, path) == ("POST", "/api/flows"):
            return 429, {"Retry-After": "67608"}, {"message": "daily"}, ""
        return handle(method, path, *rest)

    monkeypatch.setattr(world, "handle", used_up)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    assert "a limit of the account is reached. Push again after 2027-01-16T02:" in done.stderr
    assert len(world.engine.objects) == 5
    monkeypatch.setattr(world, "handle", handle)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert "Push again after 2027-01-16T02:" in done.stderr  # it is remembered
    world.clock.sleep(70_000)
    assert klaviyo.run("push", "klaviyo", "--apply").returncode == 0
    assert len(world.engine.objects) == 7


def test_a_redirect_is_not_followed(klaviyo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    world = klaviyo.world
    calls = []

    def elsewhere(method: str, path: str, *rest: Any) -> Any:
        calls.append(path)
        return 307, {"Location": "https://elsewhere.example/"}, None, ""

    monkeypatch.setattr(world, "handle", elsewhere)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    assert "it answered with a redirect (307), which is not followed" in done.stderr
    assert len(calls) == 1


def test_nobody_listens(klaviyo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_URL", "http://127.0.0.1:9")
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 1
    assert "tried 6 times, and 127.0.0.1:" in done.stderr
    assert "Connection refused" in done.stderr


def test_a_metric_that_is_not_there_yet(klaviyo: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(klaviyo.world.engine, "metrics", ("Placed Order", "Placed Order"))
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 2
    assert "Klaviyo has 2 of the name metric `Placed Order`. Say which:" in done.stderr
    assert "--lookup 'metric.Placed Order=M0'" in done.stderr
    given = ("--lookup", "metric.Placed Order=M1")
    done = klaviyo.run("push", "klaviyo", "--apply", *given)
    assert "Klaviyo has no metric `Subscribed to Email Marketing` yet" in done.stderr
    given = (*given, "--lookup", "metric.Subscribed to Email Marketing=M9")
    assert klaviyo.run("push", "klaviyo", "--apply", *given).returncode == 0
    state = json.loads((klaviyo.folder / STATE).read_text())
    assert state["lookups"]["metric.Placed Order"] == "M1"
    done = klaviyo.run("push", "klaviyo", "--lookup", "metric.Placed Ordr=M1")
    assert "Did you mean `metric.Placed Order`?" in done.stderr
    signed = "  --lookup 'metric.Subscribed to Email Marketing=...'  signing up is subscribing"
    assert f"These can be given:\n  --lookup 'metric.Placed Order=...'\n{signed}" in done.stderr
    assert done.returncode == 2


def test_another_account_or_another_playbook_is_refused(
    klaviyo: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    klaviyo.run("push", "klaviyo", "--apply")
    (klaviyo.folder / "other.yaml").write_text((klaviyo.folder / "playbook.yaml").read_text())
    done = klaviyo.run("push", "klaviyo", "other.yaml")
    assert done.returncode == 2
    assert "is of playbook.yaml, and this push is of other.yaml" in said(done.stderr)
    monkeypatch.setenv("PLAYBOOK_KLAVIYO_URL", "https://eu.klaviyo.example")
    done = klaviyo.run("push", "klaviyo")
    assert done.returncode == 2
    assert "this push goes to https://eu.klaviyo.example" in said(done.stderr)


def test_a_state_that_cannot_be_written_stops_before_the_call(klaviyo: Running) -> None:
    (klaviyo.folder / STATE).mkdir(parents=True)
    done = klaviyo.run("push", "klaviyo", "--apply")
    assert done.returncode == 2
    assert klaviyo.world.engine.made == 0
