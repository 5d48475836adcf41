"""Everything that is emitted passes Dittofeed's own schemas, and equals the golden artefacts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.dittofeed_exports import CASES, NAMES, bundle_of, case, exported
from tests.contracts.exports import SHIPPED
from tests.contracts.golden import compare
from tests.contracts.verdicts.dittofeed import problems

from playbook_compiler.export.bundle import Request
from playbook_compiler.export.capability import Support
from playbook_compiler.targets.dittofeed.graph_checks import check_requests

_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
# What a text of the hostile playbook would be, were it not made inert.
_LIVE = ("<script>alert", "<img src=x", 'href="javascript:', 'onerror="')


@pytest.mark.parametrize("name", NAMES)
def test_every_payload_passes_the_vendors_schema(name: str) -> None:
    assert problems(case(name)) == []


@pytest.mark.parametrize("file", sorted(path.name for path in SHIPPED.glob("*.yaml")))
def test_the_shipped_playbooks_export_and_pass_the_schema(file: str) -> None:
    bundle = bundle_of(SHIPPED / file, allow_lossy=True)
    assert any(request.kind == "journey" for request in bundle.requests)
    assert problems(bundle) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = case(name).files
    compare(expected, files, update=update)


def test_requests_stand_after_those_that_they_need() -> None:
    bundle = case("everything")
    kinds = [request.kind for request in bundle.requests]
    order = ["segment", "user-property", "subscription-group", "template", "journey"]
    assert kinds == sorted(kinds, key=order.index)
    assert set(kinds) == set(order)
    turned = check_requests(tuple(reversed(bundle.requests)))
    assert any("which no earlier request makes" in problem for problem in turned)


def test_every_request_is_a_put_of_an_object_by_our_id_and_name() -> None:
    bundle = case("everything")
    for request in bundle.requests:
        assert request.method == "PUT"
        assert request.path.startswith("/api/admin/")
        assert request.payload["id"] == request.uuid
        assert request.payload["name"] == request.name
    names = [(request.kind, request.name) for request in bundle.requests]
    assert len(set(names)) == len(names)


def test_nothing_is_started() -> None:
    journeys = [one for one in case("everything").requests if one.kind == "journey"]
    assert {one.payload["status"] for one in journeys} == {"NotStarted"}
    assert "RateLimitNode" not in "".join(str(one.payload) for one in journeys)


def test_a_flow_with_a_new_title_and_new_steps_is_the_same_object(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    renamed = text.replace("name: everything", "name: another")
    renamed = renamed.replace("about: A first hello", "about: Another hello")
    edited = renamed.replace("      - wait: 36h", "      - call: NEW_HOOK\n      - wait: 36h")
    assert edited.count("NEW_HOOK") == 1
    file = tmp_path / "playbook.yaml"
    file.write_text(edited, encoding="utf-8")
    before, after = case("everything"), bundle_of(file)
    ids = {one.id: one.uuid for one in before.requests}
    assert ids.items() <= {one.id: one.uuid for one in after.requests}.items()
    kept = {node["id"] for node in _nodes(_journey(before.requests, "welcome"))}
    assert kept < {node["id"] for node in _nodes(_journey(after.requests, "welcome"))}


def _journey(requests: tuple[Request, ...], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one.payload for one in requests if one.id == f"journey.{name}")
    return found


def _nodes(journey: dict[str, Any]) -> list[dict[str, Any]]:
    return list(journey["definition"]["nodes"])


def _entry(name: str) -> dict[str, Any]:
    entry: dict[str, Any] = _journey(case("everything").requests, name)["definition"]["entryNode"]
    return entry


def test_runs_are_told_apart_as_the_playbook_tells_them() -> None:
    assert _entry("thank-you")["key"] == "order.id"
    assert _entry("cart")["key"] == "cart.id"
    assert _entry("welcome")["key"] == "customer_id"  # once, and for one customer
    assert _journey(case("everything").requests, "welcome")["canRunMultiple"] is False
    assert _entry("clicked")["type"] == "EntryNode"  # Dittofeed's own events start no run
    assert _entry("birthday")["reEnter"] is True
    assert _entry("regular")["reEnter"] is False


def test_a_journey_by_an_event_waits_for_no_plain_segment() -> None:
    requests = case("everything").requests
    cart = [one for one in _nodes(_journey(requests, "cart")) if one["type"] == "WaitForNode"]
    assert [one["id"] for one in cart] == ["wait-for-cart-abandoned"]  # the event of its own key
    win_back = [one for one in _nodes(_journey(requests, "win-back")) if "timeoutChild" in one]
    assert [one["id"] for one in win_back] == ["wait-for-link-clicked"]


def test_every_marketing_message_asks_for_consent_and_the_run_goes_on() -> None:
    for request in case("everything").requests:
        for node in _nodes(request.payload) if request.kind == "journey" else []:
            if node["type"] == "MessageNode":
                assert node["skipOnFailure"] is True
                marketing = node["name"] in ("hello", "come-back", "text", "ping", "card", "stock")
                assert ("subscriptionGroupId" in node) is marketing or "+" in node["name"]


def test_all_flows_ask_one_segment_for_the_holdout() -> None:
    requests = case("everything").requests
    segment = next(one for one in requests if one.name == "guardrails~~holdout")
    assert segment.payload["definition"]["entryNode"]["percent"] == 0.1
    asked = {
        node["variant"]["segment"]
        for request in requests
        if request.kind == "journey"
        for node in _nodes(request.payload)
        if node["id"].endswith("~holdout")
    }
    assert asked == {segment.uuid}


def test_a_change_of_one_trait_repeats_those_whose_absence_is_asked_for() -> None:
    template = next(
        one for one in case("everything").requests if one.id == "template.regular~update-tag-warm"
    )
    assert '"tag_vip": {{ user.tag_vip | json }}' in template.payload["definition"]["body"]


@pytest.mark.parametrize("live", _LIVE)
def test_hostile_texts_are_inert(live: str) -> None:
    for request in case("hostile").requests:
        if request.kind == "template" and request.payload["definition"]["type"] == "Email":
            assert live not in _TAGS.sub("", request.payload["definition"]["body"])


def test_only_our_own_tags_are_tags() -> None:
    for request in case("hostile").requests:
        if request.kind != "template":
            continue
        for text in request.payload["definition"].values():
            for tag in _TAGS.findall(str(text)):
                assert "secrets.x" not in tag
                assert "7 | plus" not in tag
                assert not tag.startswith("{% raw")
                assert "user.email" not in tag or "| json" in tag


def test_a_webhook_is_json_around_its_tags() -> None:
    for name in NAMES:
        for request in case(name).requests:
            definition = request.payload.get("definition", {})
            if request.kind == "template" and definition["type"] == "Webhook":
                body = re.sub(r"\{%.*?%\}", "", definition["body"].rpartition("%}\n{")[2])
                filled = re.sub(r"\{\{.*?\}\}", "0", "{" + body.lstrip("{"))
                assert set(json.loads(filled)) == {"config", "secret"}, request.id


def test_what_dittofeed_cannot_say_stops_the_export_at_its_line() -> None:
    bundle, findings = exported(CASES / "lossy" / "playbook.yaml")
    assert bundle is None
    assert all(found.span.line > 0 and "--allow-lossy" in (found.help or "") for found in findings)
    said = " ".join(found.message for found in findings)
    for word in ("`every`", "`date`", "`rfm`", "`start`", "`send.rotation`", "`in-top`"):
        assert word in said, word
    names = {request.name for request in case("lossy").requests if request.kind == "journey"}
    assert names == {"lapsed", "nobody"}
    assert not case("lossy").lowering.of(Support.REFUSED)


def test_the_bytes_do_not_depend_on_the_hash_seed_zone_or_folder(tmp_path: Path) -> None:
    program = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.contracts.dittofeed_exports import bundle_of\n"
        "files = bundle_of(Path(sys.argv[1])).files\n"
        "print(hashlib.sha256(repr(files).encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    paths = f"{root}:{root / 'compiler'}:{root / 'runtime'}"
    playbook = str(CASES / "everything" / "playbook.yaml")
    digests = {
        subprocess.run(
            [sys.executable, "-c", program, playbook],
            cwd=folder,
            env={"PYTHONPATH": paths, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for folder, seed, zone in ((root, "1", "UTC"), (tmp_path, "2", "Asia/Tokyo"))
    }
    assert len(digests) == 1
