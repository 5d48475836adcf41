"""Reading a 200-line playbook: our builder against PyYAML's own loaders, and what it spends.

Run with `python -m tests.benchmarks.bench_parse`. Times are the best of several rounds, in
milliseconds a file.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable

import yaml

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


def milliseconds(work: Callable[[], object], rounds: int = 15, calls: int = 10) -> float:
    """Return the best time of one call."""
    return min(timeit.repeat(work, number=calls, repeat=rounds)) / calls * 1_000


def main() -> None:
    """Print one line a reader, with its ratio to CSafeLoader."""
    text = playbook()
    raw = text.encode()

    def ours() -> None:
        source, _ = decode("playbook.yaml", raw)
        assert source is not None
        document, found = parse(source)
        assert document is not None and not found

    rows: list[tuple[str, float]] = [
        ("events only", milliseconds(lambda: list(yaml.parse(text, Loader=yaml.CSafeLoader)))),
        ("CSafeLoader", milliseconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader))),
        ("decode + parse", milliseconds(ours)),
        ("SafeLoader", milliseconds(lambda: yaml.load(text, Loader=yaml.SafeLoader), 3, 1)),
    ]
    base = dict(rows)["CSafeLoader"]
    print(f"{len(text.splitlines())} lines, {len(raw):,} bytes")
    for name, spent in rows:
        print(f"{name:16} {spent:7.2f} ms   {spent / base:5.2f} x CSafeLoader")


if __name__ == "__main__":
    main()
