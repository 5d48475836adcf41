"""What is pushed in the tests: a small playbook, by each target's own export.

For a target that does not exist yet, requests of its documented shape made by hand.
"""

from __future__ import annotations

import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from playbook_compiler.export.bundle import (
    ExportBundle,
    Lookup,
    LoweringReport,
    Request,
    lookup,
    make_bundle,
    ref,
    stable_uuid,
)
from playbook_runtime.checked import compile_and_check

EXPORTED = ("klaviyo",)
PLAYBOOK = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
guardrails: {consent: {email: opt-in}, holdout: 10%}
audiences:
  regulars: orders >= 3
offers:
  first-cup: {percent_off: 10%, valid: 14d, code: unique, once_per_customer: true}
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
  thanks: {subject: Thank you, body: "Thanks. {{ sender_address }} {{ unsubscribe_url }}"}
  cup: {subject: A cup, body: "{{ offer.code }} {{ sender_address }} {{ unsubscribe_url }}"}
flows:
  welcome:
    trigger: sign_up
    exit_on: order_placed
    steps: [{send: hello}, {wait: 3d}, {send: cup, offer: first-cup}]
  regulars:
    trigger: {enters: regulars}
    steps: [{send: thanks}]
"""


def write_playbook(folder: Path, text: str = PLAYBOOK) -> Path:
    """Write the playbook into a folder and return its file."""
    path = folder / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@cache
def bundle(target: str) -> ExportBundle:
    """Return the export of the playbook to a target."""
    if target not in EXPORTED:
        return _by_hand(target)
    found = import_module(f"playbook_compiler.targets.{target}").TARGET
    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_and_check(str(write_playbook(Path(folder))))
        assert compiled.graph is not None, [one.message for one in compiled.diagnostics]
        made, findings = found.export(compiled.graph, allow_lossy=True)
    assert made is not None, [one.message for one in findings]
    return made


def _by_hand(target: str) -> ExportBundle:
    rows = {"voucherify": _voucherify, "dittofeed": _dittofeed}[target]()
    requests = [
        Request(
            kind,
            name,
            f"create_{kind}",
            method,
            path,
            payload,
            stable_uuid(target, kind, name),
            f"{kind}/{name}.json",
        )
        for kind, name, method, path, payload in rows
    ]
    lookups = [Lookup("workspace", "id")]
    return make_bundle(target, "leaf", "playbook.yaml", requests, lookups, LoweringReport(()), {})


def _voucherify() -> list[tuple[str, str, str, str, dict[str, Any]]]:
    v2 = "/v2/loyalties"
    return [
        ("card", "points", "POST", f"{v2}/card-definitions", {"name": "Leaf: points"}),
        ("rule", "order", "POST", f"{v2}/earning-rules", {"name": 'Leaf: "order", & more'}),
        ("structure", "tiers", "POST", f"{v2}/tier-structures", {"name": "Leaf: tiers"}),
        (
            "tier",
            "gold",
            "POST",
            f"{v2}/tier-structures/{ref('structure', 'tiers')}/tiers",
            {"name": "Gold"},
        ),
        ("reward", "mug", "POST", f"{v2}/rewards", {"name": "Leaf: mug"}),
        (
            "program",
            "leaf",
            "POST",
            f"{v2}/programs",
            {
                "name": "Leaf",
                "card_definitions": [{"id": ref("card", "points")}],
                "earning_rules": [{"id": ref("rule", "order")}],
                "tier_structures": [{"id": ref("structure", "tiers")}],
                "rewards": [{"id": ref("reward", "mug")}],
            },
        ),
        ("campaign", "first-cup", "POST", "/v1/campaigns", {"name": "Leaf: first cup"}),
    ]


def _dittofeed() -> list[tuple[str, str, str, str, dict[str, Any]]]:
    def one(kind: str, name: str, path: str, more: dict[str, Any]) -> Any:
        payload = {
            "id": stable_uuid("dittofeed", kind, name),
            "workspaceId": lookup("workspace", "id"),
            "name": f"leaf: {name}",
            **more,
        }
        return (kind, name, "PUT", f"/api/admin/{path}", payload)

    return [
        one("segment", "regulars", "segments", {"definition": {"entryNode": {"id": "1"}}}),
        one("template", "hello", "content/templates", {"definition": {"subject": "Hi"}}),
        one("template", "thanks", "content/templates", {"definition": {"subject": "Thanks"}}),
        one(
            "journey",
            "welcome",
            "journeys",
            {"status": "NotStarted", "definition": {"t": ref("template", "hello")}},
        ),
        one(
            "journey",
            "regulars",
            "journeys",
            {"status": "NotStarted", "definition": {"s": ref("segment", "regulars")}},
        ),
    ]
