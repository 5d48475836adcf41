"""Reading a 200-line playbook: our builder against PyYAML's own loaders."""

from __future__ import annotations

import yaml
from tests.benchmarks.rows import Row, best

from playbook_compiler.decode import decode
from playbook_compiler.parse import parse

FLOW = """\
  win-back-{n}:
    strategy: S8
    trigger: {{inactive_for: {n}d}}
    audience: revenue > {n} and channel in ("email", "ads")
    entry: {{again_after: 180d}}
    priority: {n}
    exit_on: [order_placed]
    steps:
      - send: best-sellers
        at: 08:00-09:00
      - wait: 10d
      - split: coupon-test-{n}
        variants:
          coupon: {{share: 50%, steps: [{{send: come-back, offer: come-back}}]}}
          plain:  {{share: 50%, steps: [{{send: come-back}}]}}
      - if: audience(core)
        then: [{{task: call the customer, owner: support, due: 3d, cost: 4.00}}]
        else: []
"""


def playbook(flows: int = 11) -> str:
    """Return a playbook of 18 lines a flow: eleven flows are 200 lines."""
    head = "playbook: 1\nname: leaf-and-steam\ncurrency: EUR\nflows:\n"
    return head + "".join(FLOW.format(n=n) for n in range(flows))


def main(quick: bool) -> list[Row]:
    """Return our time against the C and the pure loader, and against bare events."""
    text = playbook()
    raw = text.encode()

    def ours() -> None:
        source, _ = decode("playbook.yaml", raw)
        assert source is not None
        document, found = parse(source)
        assert document is not None and not found

    repeats = 5 if quick else 15
    mine = best(ours, repeats, calls=10)
    task = f"read a playbook of {len(text.splitlines())} lines"

    def against(name: str, time: float, at_least: float | None = None) -> Row:
        return Row(task, mine, name, time, at_least)

    def events() -> None:
        list(yaml.parse(text, Loader=yaml.CSafeLoader))

    def c_loader() -> None:
        yaml.load(text, Loader=yaml.CSafeLoader)

    def pure_loader() -> None:
        yaml.load(text, Loader=yaml.SafeLoader)

    return [
        against("libyaml events", best(events, repeats, calls=10).wall),
        against("CSafeLoader", best(c_loader, repeats, calls=10).wall),
        against("SafeLoader", best(pure_loader, 3).wall, 1.0),
    ]
