"""What is pushed in the tests: a small playbook, by each target's own export."""

from __future__ import annotations

import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path

from playbook_compiler.export.bundle import ExportBundle
from playbook_runtime.checked import compile_and_check

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
PROGRAMMES = """\
programmes:
  points:
    earn: [{event: order_placed, points: 1 per EUR, pending: 14d}]
    redeem: [{points: 500, for: {amount_off: 5.00}}]
    expire: 12mo after last activity
  tiers:
    basis: revenue over 12mo
    keep: 12mo
    levels: {leaf: 0, bud: 150}
    rights: {bud: early-access}
"""


def write_playbook(folder: Path, text: str = PLAYBOOK) -> Path:
    """Write the playbook into a folder and return its file."""
    path = folder / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@cache
def bundle(target: str) -> ExportBundle:
    """Return the export of the playbook to a target."""
    found = import_module(f"playbook_compiler.targets.{target}").TARGET
    text = PLAYBOOK + (PROGRAMMES if target == "voucherify" else "")
    with tempfile.TemporaryDirectory() as folder:
        compiled = compile_and_check(str(write_playbook(Path(folder), text)))
        assert compiled.graph is not None, [one.message for one in compiled.diagnostics]
        made, findings = found.export(compiled.graph, allow_lossy=True)
    assert made is not None, [one.message for one in findings]
    return made
