"""Several orders of one customer on one day: a replay counts each, whenever they came."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from pathlib import Path

from tests.runtime.cli.command import playbook

PLAYBOOK = """\
playbook: 1
name: counted
currency: EUR
timezone: Europe/Berlin
sender: {name: Leaf, email: hello@leaf.example, address: "Teeweg 1, Berlin"}
economics: {gross_margin: 50%}
guardrails: {consent: {email: opt-in}}
assume: {consent: {email: 100%}}
messages:
  hello: {subject: Hi, body: "Welcome. {{ sender_address }} {{ unsubscribe_url }}"}
flows:
  third-on: {trigger: order_placed, entry: always, audience: orders >= 3, steps: [send: hello]}
  third: {trigger: order_placed, entry: always, audience: orders = 3, steps: [send: hello]}
  small: {trigger: order_placed, entry: always, audience: aov < 52, steps: [send: hello]}
  much: {trigger: order_placed, entry: always, audience: revenue >= 120, steps: [send: hello]}
  fourth:
    trigger: {event: order_placed, where: trigger.order.nth = 4}
    steps: [send: hello]
  silent: {trigger: {inactive_for: 15d}, audience: orders = 2, steps: [send: hello]}
  most: {trigger: order_placed, entry: always, audience: orders in top 20%, steps: [send: hello]}
"""
# Two of one day, then two of other days. Nobody else orders twice on a day.
ORDERS = """\
order_id,customer_id,ordered_at,total
1,a,2026-02-10 09:00,60.00
2,a,2026-02-10 18:00,20.00
3,a,2026-03-01 10:00,40.00
4,a,2026-03-20 10:00,80.00
5,b,2026-01-15 10:00,55.00
6,b,2026-03-20 10:00,55.00
"""


def sent(folder: Path, first: str, orders: int) -> dict[str, list[tuple[str, str]]]:
    """Return the (day, customer) of the messages from 20 February on, by flow."""
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    done = playbook(
        *("replay", "--orders", "orders.csv", "--from", first, "--to", "2026-04-30"),
        *("--output-format", "json", "--messages", "sent.csv"),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["orders"] == orders
    found = defaultdict(list)
    with (folder / "sent.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["at"] >= "2026-02-20":
                found[row["flow"]].append((row["at"][:10], row["customer"]))
    return found


def test_what_is_known_before_the_first_day_is_what_would_have_been_counted(
    tmp_path: Path,
) -> None:
    counted = sent(tmp_path, "2026-02-01", 5)  # the two orders of a day come in the replay
    known = sent(tmp_path, "2026-02-20", 3)  # they are history
    # What is in the top is asked of all customers on the day before the replay: not the same.
    known_most, _ = known.pop("most"), counted.pop("most")
    (a,) = {customer for _, customer in counted["third"]}
    (b,) = {customer for _, customer in counted["silent"]} - {a}
    assert counted == known
    assert known == {
        "third-on": [("2026-03-01", a), ("2026-03-20", a)],
        "third": [("2026-03-01", a)],
        "small": [("2026-03-01", a), ("2026-03-20", a)],  # 120 over 3 orders, 200 over 4
        "much": [("2026-03-01", a), ("2026-03-20", a)],
        "fourth": [("2026-03-20", a)],
        "silent": [("2026-02-25", a), ("2026-04-04", b)],
    }
    # Two orders are the most that anybody had on the day before: who reaches two belongs to them.
    assert sorted(known_most) == sorted([("2026-03-01", a), ("2026-03-20", a), ("2026-03-20", b)])
