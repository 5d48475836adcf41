"""A plain shop that uses shipped tactics, each with no more than it needs."""

from __future__ import annotations

from pathlib import Path

from playbook_compiler.decode import decode
from playbook_compiler.document import Document
from playbook_compiler.driver import compile_playbook
from playbook_compiler.expand import tactic_names
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.parse import parse
from playbook_compiler.tactic import TacticHead, read_head
from playbook_runtime.library import folder

NAMES = tactic_names(folder())

SHOP = """\
playbook: 1
name: plain-shop
currency: EUR
timezone: Europe/Berlin
sender: {name: Plain Shop, email: hello@plain.example, address: "Street 1, 10115 Berlin"}
economics:
  gross_margin: 58%
  order_costs: {shipping: 4.10, payment: {share: 1.9%, fixed: 0.35}, return: 4.50, return_rate: 3%}
  message_costs: {email: 0.0008, sms: 0.062, push: 0, post: 0.95, community: 0}
guardrails:
  frequency: [{at_most: 3, per: 7d}]
  when_capped: {delay: 3d}
  quiet_hours: {from: 21:00, to: 08:00}
  consent: {email: opt-in, sms: double-opt-in, push: opt-in}
  discounts: {deepest: 20%, stackable: false, keep_margin: 15%}
  holdout: 10%
flows:
  receipt:
    trigger: order_placed
    steps: [{send: receipt}]
messages:
  receipt: {kind: transactional, subject: Your receipt, body: "For order {{ order.id }}."}
"""
ASSUME = """\
assume:
  consent: {email: 62%, sms: 8%, push: 20%}
  sign_up: {rate: 70 per 1mo}
  account_created: {rate: 20 per 1mo}
  order_shipped: {lag: 1d}
  out_for_delivery: {lag: 2d}
  order_delivered: {lag: 3d}
  order_returned: {rate: 3%, lag: 10d}
  cart_abandoned: {rate: 0.8 per order}
  product_browsed: {rate: 2.5 per order}
  wish_listed: {rate: 0.2 per order}
  review_left: {rate: 4%, lag: 14d}
  feedback_given: {rate: 6%, of: sends, lag: 1d}
  message_opened: {rate: 30%, of: sends, lag: 1d}
  link_clicked: {rate: 4%, of: sends, lag: 1d}
  support_case_opened: {rate: 5 per 1mo}
  support_case_closed: {rate: 5 per 1mo}
  subscription_cancelled: {rate: 2 per 1mo}
  referred: {rate: 2 per 1mo}
"""
# What a shop has to say, or to bring, for tactics that cannot know it.
ARGUMENTS = {
    "content-rhythm": "{letters: [one, two]}",
    "milestone": "{gift: {gift: a sampler, cost: 2.40, valid: 90d, once_per_customer: true}}",
    "next-category": "{had: order has category = tea, not-yet: not bought(category teaware)}",
    "other-channels": "{where: trigger.order.marketplace = etsy}",
    "points": "{earn: 1 per EUR}",
    "reward-of-choice": "{earn: 1 per EUR, gifts: [sampler, towel]}",
}
EVENTS = {
    "back-in-stock": "  back_in_stock: {rate: 5 per 1mo}\n",
    "new-arrivals": "  new_arrival: {rate: 1 per 1mo}\n",
}
LETTER = "{subject: A letter, body: 'Tips. {{ sender_address }} {{ unsubscribe_url }}'}"
BRINGS = {
    "content-rhythm": f"  one: {LETTER}\n  two: {LETTER}\n",
    "reward-of-choice": "offers:\n"
    "  sampler: {gift: sampler, cost: 2.40, valid: 60d}\n"
    "  towel: {gift: towel, cost: 3.10, valid: 60d}\n",
    "refill-by-product": "products:\n"
    "  sencha: {category: tea, lasts: 30d}\n"
    "  kyusu: {category: teaware}\n",
}
# Two ways to write the shop's one points programme.
ALTERNATIVES = ("reward-of-choice",)


def shop(uses: dict[str, str]) -> str:
    """Return a playbook that uses tactics with the arguments given."""
    events = "".join(EVENTS.get(name, "") for name in uses)
    brings = "".join(BRINGS[name] for name in BRINGS if name in uses)
    lines = "".join(f"  {name}: {arguments}\n" for name, arguments in uses.items())
    return f"{SHOP}{brings}{ASSUME}{events}use:\n{lines}"


def compiled(folder_: Path, text: str) -> tuple[TriggerGraph | None, list[str]]:
    """Return the graph of a playbook and its findings, each as one line."""
    path = folder_ / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    result = compile_playbook(str(path), library=folder())
    return result.graph, [f"{one.rule}: {one.message}" for one in result.diagnostics]


def tactic(name: str) -> str:
    return (folder() / "tactics" / f"{name}.yaml").read_text(encoding="utf-8")


def document(name: str) -> Document:
    source, _ = decode(f"{name}.yaml", tactic(name).encode())
    assert source is not None
    read, found = parse(source)
    assert read is not None and not found
    return read


def head(name: str) -> TacticHead:
    read, found = read_head(document(name), name)
    assert read is not None and not found
    return read
