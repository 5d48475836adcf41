"""Everything that is emitted passes Voucherify's own schemas, and equals the golden artefacts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.contracts.exports import SHIPPED
from tests.contracts.golden import compare
from tests.contracts.verdicts.voucherify import problems
from tests.contracts.voucherify_exports import CASES, NAMES, bundle_of, case, exported

from playbook_compiler.export.bundle import ExportBundle, Request
from playbook_compiler.export.capability import Support
from playbook_compiler.targets.voucherify.payload_checks import check_requests
from playbook_compiler.targets.voucherify.state import KINDS

# Subscriptions are of the last stage, and Voucherify has none.
WHOLE = ("established.yaml", "growth.yaml", "stable.yaml", "startup.yaml")


@pytest.mark.parametrize("name", NAMES)
def test_every_payload_passes_the_vendors_schema_and_our_checks(name: str) -> None:
    assert problems(case(name)) == []


@pytest.mark.parametrize("file", sorted(path.name for path in SHIPPED.glob("*.yaml")))
def test_the_shipped_playbooks_export_and_pass_the_schema(file: str) -> None:
    bundle, findings = exported(SHIPPED / file)
    assert (bundle is not None) is (file in WHOLE)
    if bundle is None:
        assert {found.rule for found in findings} == {"target-lacks"}
        assert [found.message for found in findings if "subscription" not in found.message] == []
        bundle = bundle_of(SHIPPED / file, allow_lossy=True)
    assert problems(bundle) == []


def test_flows_do_not_stop_an_export() -> None:
    bundle = bundle_of(SHIPPED / "established.yaml")
    flows = [one for one in bundle.lowering.entries if one.construct.startswith("step.")]
    assert flows
    assert {one.support for one in flows} == {Support.DROPPED}
    assert {one.kind for one in bundle.requests} >= {"program", "tier", "earning-rule", "reward"}


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = case(name).files
    compare(expected, files, update=update)


def test_every_kind_of_object_is_made_after_what_it_needs() -> None:
    bundle = case("everything")
    kinds = [request.kind for request in bundle.requests]
    assert kinds == sorted(kinds, key=KINDS.index)
    assert set(kinds) == set(KINDS)
    turned = check_requests(tuple(reversed(bundle.requests)))
    assert any("which no earlier request makes" in problem for problem in turned)


def test_a_path_leads_through_what_an_earlier_request_makes() -> None:
    paths = {one.path for one in case("everything").requests if "${" in one.path}
    assert paths == {
        "/v2/loyalties/tier-structures/${ref:tier-structure.tiers.id}/tiers",
        "/v2/loyalties/programs/${ref:program.points.id}/rewards/batch",
    }
    listed = json.loads(case("everything").files["requests.json"])["requests"]
    assert {one["path"] for one in listed if "${" in one["path"]} == paths


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_active_and_no_id_is_sent(name: str) -> None:
    for request in case(name).requests:
        text = json.dumps(request.payload)
        assert '"ACTIVE"' not in text
        assert '"active": true' not in text
        assert "/activate" not in request.path
        assert "id" not in request.payload
    campaigns = _of(case(name), "campaign")
    assert campaigns
    assert all(one.payload["active"] is False for one in campaigns)


def test_what_is_made_is_known_again_whatever_it_is_called(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    renamed = text.replace("name: everything", "name: another").replace("leaves", "petals")
    file = tmp_path / "playbook.yaml"
    file.write_text(renamed, encoding="utf-8")
    before, after = case("everything"), bundle_of(file)
    assert [one.uuid for one in before.requests] == [one.uuid for one in after.requests]
    assert [one.payload.get("metadata") for one in before.requests] == [
        one.payload.get("metadata") for one in after.requests
    ]
    programme = next(one for one in after.requests if one.kind == "program")
    assert programme.payload["name"] == "another: petals"
    assert programme.payload["metadata"]["playbook_uuid"] == programme.uuid


def test_the_bytes_do_not_depend_on_the_hash_seed_zone_or_folder(tmp_path: Path) -> None:
    program = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.contracts.voucherify_exports import bundle_of\n"
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


def _with(tmp_path: Path, text: str) -> list[str]:
    """Return what is refused in a small playbook with these sections, without repetition."""
    file = tmp_path / "playbook.yaml"
    head = "playbook: 1\nname: x\ncurrency: EUR\ntimezone: UTC\n"
    file.write_text(head + text, encoding="utf-8")
    bundle, findings = exported(file)
    lossy = bundle_of(file, allow_lossy=True)
    assert problems(lossy) == []
    assert (bundle is None) is bool(findings)
    return sorted({found.message.split("`")[1] for found in findings})


def test_more_segments_than_a_project_takes_are_refused_where_they_are_needed(
    tmp_path: Path,
) -> None:
    audiences = "".join(f"  a{n}: orders > {n}\n" for n in range(120))
    offers = "".join(f"  o{n}: {{percent_off: 5%, for: a{n}}}\n" for n in range(95))
    assert _with(tmp_path, f"audiences:\n{audiences}") == []
    assert _with(tmp_path, f"audiences:\n{audiences}offers:\n{offers}") == ["where"]


@pytest.mark.parametrize(
    ("points", "refused"),
    [
        ("earn: {event: order_paid, points: 999999999999999}", []),
        ("earn: {event: order_paid, points: 1 per 999999999999999 EUR}", ["points.earn.points"]),
        ("earn: {event: order_paid, points: 1 per 0.001 EUR}", []),
        ("{earn: {event: sign_up, points: 1}, expire: 90d after earning}", []),
        ("{earn: {event: sign_up, points: 1}, expire: 91d after earning}", ["points.expire"]),
        ("{earn: {event: sign_up, points: 1}, expire: 5y after earning}", []),
        ("{earn: {event: sign_up, points: 1}, expire: 18mo after earning}", ["points.expire"]),
        ("{earn: {event: sign_up, points: 1}, expire: 2y after last activity}", ["points.expire"]),
        ("{earn: {event: sign_up, points: 1}, expire: never}", []),
        ("earn: {event: sign_up, points: 1, pending: 90d}", []),
        ("earn: {event: sign_up, points: 1, pending: 100d}", ["points.earn.pending"]),
        ("earn: {event: sign_up, points: 1, at_most: 3 per 3mo}", []),
        ("earn: {event: sign_up, points: 1, at_most: 3 per 2mo}", ["points.earn.at_most"]),
        ("earn: {event: order_placed, points: 1, at_most: 1 per order}", []),
    ],
)
def test_what_a_points_programme_may_be(tmp_path: Path, points: str, refused: list[str]) -> None:
    inner = points if points.startswith("{") else f"{{{points}}}"
    assert _with(tmp_path, f"programmes: {{points: {inner}}}\n") == refused


@pytest.mark.parametrize(
    ("tiers", "refused"),
    [
        ("basis: orders over 12mo, levels: {a: 0, b: 3}", []),
        ("basis: orders over 5y, levels: {a: 0, b: 3}", []),
        ("basis: orders over 13mo, levels: {a: 0, b: 3}", ["tiers.basis"]),
        ("basis: orders, levels: {a: 0, b: 2.5, c: 3}", ["tiers.levels"]),
        ("basis: revenue, levels: {a: 0, b: 2.5, c: 3}", []),
        ("basis: revenue, levels: {a: 0, b: 10000001}", ["tiers.levels"]),
        ("basis: points_earned over 12mo, levels: {a: 0, b: 3}", ["tiers.basis"]),
    ],
)
def test_what_levels_may_be(tmp_path: Path, tiers: str, refused: list[str]) -> None:
    assert _with(tmp_path, f"programmes: {{tiers: {{{tiers}}}}}\n") == refused


def test_amounts_are_in_minor_units_of_the_playbooks_currency() -> None:
    campaigns = {one.name: one.payload for one in _of(case("everything"), "campaign")}
    assert campaigns["tenner"]["voucher"]["discount"]["amount_off"] == 1000
    assert campaigns["store-credit"]["voucher"]["gift"]["amount"] == 750
    rules = {one.name: one.payload for one in _of(case("everything"), "validation-rule")}
    assert rules["come-back"]["rules"]["1"]["conditions"] == {"$more_than_or_equal": [3000]}
    yen = {one.name: one.payload for one in _of(case("lossy"), "campaign")}
    assert yen["third"]["voucher"]["discount"]["amount_off"] == 500


def test_levels_follow_each_other_without_a_gap() -> None:
    tiers = [
        one.payload["qualification_rules"]["points"] for one in _of(case("everything"), "tier")
    ]
    assert tiers == [
        {"min_value": 0, "max_value": 14999},
        {"min_value": 15000, "max_value": 40049},
        {"min_value": 40050},
    ]


def test_the_best_multiple_of_points_stands_first() -> None:
    rules = {one.name: one.payload for one in _of(case("everything"), "earning-rule")}
    earnings = rules["order_placed"]["earnings"]
    assert [one.get("name") for one in earnings] == ["2x", "1.5x", "1.25x", None]
    rates = [one["effects"][0]["points_proportional"]["order"]["total_amount"] for one in earnings]
    assert [rate["value"] for rate in rates] == [2, 1.5, 1.25, 1]
    assert {rate["every"] for rate in rates} == {100}
    assert "rules" in earnings[0]
    assert earnings[1]["tier_rules"]["any_of"][0]["tier_ids"] == ["${ref:tier.blossom.id}"]
    # Points for what is no order are the same for all.
    assert len(rules["account_created"]["earnings"]) == 1


def test_what_an_author_writes_comes_out_inert() -> None:
    bundle = case("hostile")
    made = {one.id for one in bundle.requests}
    needs = {one.placeholder for one in bundle.lookups}
    for request in bundle.requests:
        for text in _texts(request.payload):
            for found in re.findall(r"\$\{[^}]*\}?", text):
                known = found in needs or found.removeprefix("${ref:")[: -len(".id}")] in made
                assert known, f"{request.id}: {text}"
        name = request.payload.get("name", "x")
        assert "{{" not in name
        assert "{%" not in name
        assert name[0] not in "=+-@"
        assert "\n" not in name
    for need in bundle.lookups:
        assert re.fullmatch(r"[a-zA-Z0-9_ -]+", need.name), need
        assert "${" not in need.note


def test_what_is_left_out_takes_nothing_else_with_it() -> None:
    lines = (CASES / "lossy" / "playbook.yaml").read_text(encoding="utf-8").splitlines()
    for construct, left_out, kept in (
        ("programme.points.redeem.points", "points: 40", "points: 50"),
        ("programme.points.earn.points", "message_opened", "order_paid"),
    ):
        support = {
            lines[entry.span.line - 1].strip(): entry.support
            for entry in case("lossy").lowering.entries
            if entry.construct == construct
        }
        assert [one for line, one in support.items() if left_out in line] == [Support.DROPPED]
        (said,) = [one for line, one in support.items() if kept in line]
        assert said in (Support.EXACT, Support.APPROXIMATED)


def test_what_cannot_be_said_is_refused_at_its_line() -> None:
    path = CASES / "lossy" / "playbook.yaml"
    bundle, findings = exported(path)
    assert bundle is None
    lines = path.read_text(encoding="utf-8").splitlines()
    spoken = {found.message.split("`")[1]: lines[found.span.line - 1] for found in findings}
    for key, word in {
        "referral.newcomer.points": "newcomer",
        "subscription": "subscription",
        "tiers.basis": "18mo",
        "tiers.keep": "36h",
        "points.expire": "120d",
        "points.redeem.plus": "plus",
        "points.earn.pending": "36h",
        "replaces": "replaces",
        "valid": "coins",
    }.items():
        assert word in spoken[key], key
    assert all("--allow-lossy" in (found.help or "") for found in findings)


def _of(bundle: ExportBundle, kind: str) -> list[Request]:
    return [one for one in bundle.requests if one.kind == kind]


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []
