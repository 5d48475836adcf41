"""Everything that is emitted passes Klaviyo's own schemas, and equals the golden artefacts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.contracts.exports import CASES, NAMES, SHIPPED, bundle_of, case, exported
from tests.contracts.golden import compare
from tests.contracts.klaviyo_schemas import schema_problems

from playbook_compiler.targets.klaviyo.graph_checks import check_requests


@pytest.mark.parametrize("name", NAMES)
def test_every_payload_passes_the_vendors_schema(name: str) -> None:
    for request in case(name).requests:
        assert schema_problems(request.kind, request.payload) == [], request.id


# Points, dates, cards in parcels: the later stages have more than Klaviyo can say.
WHOLE = ("growth.yaml", "startup.yaml")


@pytest.mark.parametrize("file", sorted(path.name for path in SHIPPED.glob("*.yaml")))
def test_the_shipped_playbooks_export_and_pass_the_schema(file: str) -> None:
    assert (exported(SHIPPED / file)[0] is not None) is (file in WHOLE)
    bundle = bundle_of(SHIPPED / file, allow_lossy=file not in WHOLE)
    assert any(request.kind == "flow" for request in bundle.requests)
    for request in bundle.requests:
        assert schema_problems(request.kind, request.payload) == [], request.id


@pytest.mark.parametrize("name", NAMES)
def test_the_artefacts_are_the_golden_ones(name: str, update: bool) -> None:
    expected = CASES / name / "expected"
    files = case(name).files
    compare(expected, files, update=update)


def test_requests_stand_after_those_that_they_need() -> None:
    bundle = case("everything")
    kinds = [request.kind for request in bundle.requests]
    order = ["segment", "template", "coupon", "flow"]
    assert kinds == sorted(kinds, key=order.index)
    assert set(kinds) == set(order)
    assert check_requests(bundle.requests) == []
    turned = check_requests(tuple(reversed(bundle.requests)))
    assert any("which no earlier request makes" in problem for problem in turned)


def test_nothing_is_active_and_no_id_is_sent() -> None:
    bundle = case("everything")
    text = "".join(content.decode() for content in bundle.files.values())
    assert '"live"' not in text
    assert '"manual"' not in text
    for request in bundle.requests:
        assert "id" not in request.payload["data"]
        for action in _actions(request.payload) if request.kind == "flow" else []:
            assert "id" not in action
            assert action["data"].get("status", "draft") == "draft"


def _actions(payload: dict) -> list[dict]:  # type: ignore[type-arg]
    return list(payload["data"]["attributes"]["definition"]["actions"])


def test_ids_outlive_a_new_name_and_new_steps(tmp_path: Path) -> None:
    text = (CASES / "everything" / "playbook.yaml").read_text(encoding="utf-8")
    renamed = text.replace("name: everything", "name: another")
    edited = renamed.replace(
        "      - wait: 36h", "      - {id: early, send: ping}\n      - wait: 36h"
    )
    file = tmp_path / "playbook.yaml"
    file.write_text(edited, encoding="utf-8")
    before, after = case("everything"), bundle_of(file)
    assert [one.uuid for one in before.requests] == [one.uuid for one in after.requests]
    assert before.requests[0].payload != after.requests[0].payload
    ids = {action["temporary_id"] for action in _actions(before.requests[-2].payload)}
    assert ids <= {action["temporary_id"] for action in _actions(after.requests[-2].payload)}


def test_the_bytes_do_not_depend_on_the_hash_seed_zone_or_folder(tmp_path: Path) -> None:
    program = (
        "import hashlib, sys; from pathlib import Path\n"
        "from tests.contracts.exports import bundle_of\n"
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
        for folder, seed, zone in (
            (root, "1", "UTC"),
            (tmp_path, "2", "Asia/Tokyo"),
        )
    }
    assert len(digests) == 1
