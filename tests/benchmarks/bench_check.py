"""Checking playbooks against the least that anybody would do with the same files.

The pair is PyYAML's `safe_load` and `jsonschema` with our own published schema: it finds wrong
types and unknown keys, no place and no meaning. Ours reads, resolves, lowers and runs all checks.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from tests.benchmarks.rows import Row, Time, best

from playbook_compiler.schema import playbook_schema
from playbook_runtime.checked import compile_and_check

HEAD = """\
playbook: 1
name: leaf-and-steam
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf & Steam, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 58%, message_costs: {email: 0.0008}}
assume: {cart_abandoned: {rate: 0.8 per order}, link_clicked: {rate: 4%, of: sends, lag: 1d}}
guardrails:
  frequency: [{at_most: 3, per: 7d}]
  quiet_hours: {from: 21:00, to: 08:00}
  consent: {email: opt-in}
  holdout: 10%
audiences:
  lapsed: orders >= 1 and days_since_last_order > 120
  core: rfm in (champion, loyal)
offers:
  come-back: {percent_off: 20%, valid: 10d, minimum: 30.00, code: unique, once_per_customer: true}
messages:
  hello: {subject: Hello, body: "Hello. {{ unsubscribe_url }} {{ sender_address }}"}
  code: {subject: A code, body: "{{ offer.code }} {{ unsubscribe_url }} {{ sender_address }}"}
"""
FLOW = """\
  flow-{n}:
    strategy: S8
    trigger: {{inactive_for: {days}d}}
    audience: revenue > {n}
    entry: {{again_after: 180d}}
    priority: {priority}
    exit_on: [order_placed]
    exit_when: rfm.f >= 5
    steps:
      - send: hello
        at: 08:00-09:00
      - wait: 10d
      - if: orders = 1
        then: [{{send: code, offer: come-back}}]
        else: [{{send: hello, id: again}}]
      - wait: {{until: link_clicked, at_most: 7d}}
        happened: [{{task: call the customer, owner: support, due: 3d, cost: 4.00}}]
"""
LINES = 200
HUGE = 10_000
FLOWS_A_FILE = 500


def flows(first: int, count: int) -> str:
    """Return the flows `first` and following, each with a trigger of its own."""
    return "".join(
        FLOW.format(n=n, days=60 + n % 600, priority=n % 100) for n in range(first, first + count)
    )


def main(quick: bool) -> list[Row]:
    """Return both tasks: many small playbooks, and one with very many flows."""
    validator = Draft202012Validator(playbook_schema())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = _small(folder, 50 if quick else 1_000)
        huge = _huge(folder / "huge", HUGE // 10 if quick else HUGE)
        return [
            _row(f"check {len(small):,} playbooks of {LINES} lines", small, small, validator),
            _row(
                f"check one folder with {HUGE // 10 if quick else HUGE:,} flows",
                [huge],
                sorted(huge.rglob("*.yaml")),
                validator,
            ),
        ]


def _row(
    task: str, playbooks: list[Path], files: list[Path], validator: Draft202012Validator
) -> Row:
    def ours() -> None:
        for path in playbooks:
            compiled = compile_and_check(str(path))
            assert compiled.graph is not None, compiled.diagnostics[:3]

    def pair() -> None:
        for path in files:
            data: Any = yaml.safe_load(path.read_bytes())
            # A part of a folder lacks the head; what is counted is the time of looking.
            list(validator.iter_errors(json.loads(json.dumps(data))))

    mine, theirs = best(ours, 1), best(pair, 1)
    return Row(task, Time(mine.wall, mine.cpu), "safe_load + jsonschema", theirs.wall, 1.0)


def _small(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        lines = (HEAD + "flows:\n" + flows(number, 9)).splitlines()
        lines += ["# Here the rest of the page."] * (LINES - len(lines))
        path = folder / f"playbook-{number}.yaml"
        path.write_text("\n".join(lines) + "\n")
        paths.append(path)
    return paths


def _huge(folder: Path, count: int) -> Path:
    (folder / "flows").mkdir(parents=True)
    (folder / "playbook.yaml").write_text(HEAD + "include: [flows/*.yaml]\n")
    for first in range(0, count, FLOWS_A_FILE):
        part = min(FLOWS_A_FILE, count - first)
        (folder / "flows" / f"from-{first}.yaml").write_text("flows:\n" + flows(first, part))
    return folder
