"""Slips of the pen that marketers make: each gets one finding, at its place, that says what to
write, and an edit where it can't be wrong."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from tests.compiler.playbooks import HEAD, folder

from playbook_compiler.diagnostics import Diagnostic, Severity
from playbook_compiler.driver import compile_playbook
from playbook_compiler.fixes import with_fixes
from playbook_compiler.source import SourceFile

LIBRARY = Path(__file__).parents[2] / "playbooks"


class Slip(NamedTuple):
    """A part of a playbook: the rule it breaks, the text that is marked, a part of what is said.

    `mended` is a part of the text after the edit, empty where there is none; `safe` tells whether
    `--fix` makes that edit without being asked twice.
    """

    text: str
    rule: str
    marked: str
    says: str
    mended: str = ""
    safe: bool = True


def flow(audience: str) -> str:
    return f"flows: {{f: {{trigger: sign_up, audience: {audience}, steps: [send: hello]}}}}\n"


def block(*lines: str) -> str:
    said = "".join(f"    {line}\n" for line in lines)
    return f"flows:\n  f:\n{said}"


def where(condition: str) -> str:
    return block("trigger: sign_up", f"audience: {condition}", "steps: [send: hello]")


def offers(benefit: str) -> str:
    return (
        f"offers: {{o: {{{benefit}, valid: 3d, once_per_customer: true}}}}\n"
        "flows: {f: {trigger: sign_up, steps: [{wait: 1d}, {send: hello, offer: o}]}}\n"
    )


def sends(step: str) -> str:
    return f"flows: {{f: {{trigger: sign_up, steps: [{step}]}}}}\n"


def subject(text: str) -> str:
    return (
        f"messages:\n  hello:\n    subject: {text}\n    body: Welcome.\n"
        "flows: {f: {trigger: sign_up, steps: [send: hello]}}\n"
    )


CUT = "unquoted-comma"
SYNTAX = "condition-syntax"
# What YAML makes of a comma or bracket in a condition or a text.
CUTS = [
    Slip(
        flow("orders > 1, revenue > 20"),
        CUT,
        "orders > 1",
        'audience: "orders > 1 and revenue > 20"',
        'audience: "orders > 1 and revenue > 20", steps',
        safe=False,
    ),
    Slip(
        sends("{if: orders > 1, revenue > 20, then: [send: hello]}"),
        CUT,
        "orders > 1",
        'if: "orders > 1 and revenue > 20"',
        '{if: "orders > 1 and revenue > 20", then',
        safe=False,
    ),
    Slip(
        flow("orders > 1, not tags has vip, rfm in (champion, loyal)"),
        CUT,
        "orders > 1",
        "if both must hold, write",
        '"orders > 1 and not tags has vip and rfm in (champion, loyal)", steps',
        safe=False,
    ),
    Slip(
        "audiences: {core: orders > 1, revenue > 20}\n" + sends("send: hello"),
        CUT,
        "orders > 1",
        'core: "orders > 1 and revenue > 20"',
        '{core: "orders > 1 and revenue > 20"}',
        safe=False,
    ),
    Slip(
        flow("rfm in [champion, loyal]"),
        CUT,
        "rfm in [champion, loyal]",
        '"rfm in (champion, loyal)"',
        'audience: "rfm in (champion, loyal)", steps',
    ),
    Slip(
        "flows: {f: {trigger: {event: order_placed, where: rfm in [champion, loyal] and orders > 1}"
        ", steps: [send: hello]}}\n",
        CUT,
        "rfm in [champion, loyal] and orders > 1",
        '"rfm in (champion, loyal) and orders > 1"',
        'where: "rfm in (champion, loyal) and orders > 1"}',
    ),
    Slip(
        where("rfm in [champion, loyal] and orders > 1"),
        SYNTAX,
        "[champion, loyal]",
        "write `(champion, loyal)`",
        "rfm in (champion, loyal) and orders > 1",
    ),
    Slip(
        sends("if: rfm in (champion, loyal), then: [send: hello]"),
        CUT,
        "rfm in (champion",
        '{if: "rfm in (champion, loyal)", then: [send: hello]}',
        'steps: [{if: "rfm in (champion, loyal)", then: [send: hello]}]}',
    ),
    Slip(
        "stages: {growth: {enter: orders_per_month >= 1,000,"
        " split: {acquisition: 80%, retention: 20%}}}\n" + sends("send: hello"),
        CUT,
        "orders_per_month >= 1,000",
        'enter: "orders_per_month >= 1000"',
        '{enter: "orders_per_month >= 1000", split',
    ),
    Slip(
        flow("orders > 1,000,000"),
        CUT,
        "orders > 1,000,000",
        '"orders > 1000000"',
        'audience: "orders > 1000000", steps',
    ),
    Slip(
        "require: [revenue.with > 1,000]\n" + sends("send: hello"),
        CUT,
        "revenue.with > 1,000",
        '"revenue.with > 1000"',
        'require: ["revenue.with > 1000"]',
    ),
    Slip(
        "sender: {name: Leaf, email: hello@leaf.example, address: Teeweg 1, Berlin}\n"
        + sends("send: hello"),
        CUT,
        "Teeweg 1",
        'address: "Teeweg 1, Berlin"',
        'address: "Teeweg 1, Berlin"}',
    ),
    Slip(
        "messages: {hello: {subject: „Hallo, du“, body: Welcome.}}\n" + sends("send: hello"),
        CUT,
        "„Hallo",
        'subject: "Hallo, du"',
        '{subject: "Hallo, du", body',
    ),
]
CUTS += [
    Slip(
        sends("send: hello, at: 08:00-09:00"),
        CUT,
        "send: hello",
        "{send: hello, at: 08:00-09:00}",
        "steps: [{send: hello, at: 08:00-09:00}]}",
    ),
    Slip(
        sends("{send: hello, at 08:00-09:00}"),
        "missing-colon",
        "at 08:00-09:00",
        "write `at: 08:00-09:00`",
        "[{send: hello, at: 08:00-09:00}]",
        safe=False,
    ),
    Slip(
        block(
            "trigger: sign_up",
            "steps:",
            "  - {if: orders > 1, then: [send: hello]}",
            "  - else: [send: again]",
        ),
        "no-kind",
        "else",
        "`else` stands beside `if`, in the same item",
    ),
]
# What would be read as something else than was meant.
MISREAD = [
    Slip(
        "economics: {gross_margin: 50%, monthly_budget: 1.000}\n" + sends("send: hello"),
        "bad-money",
        "1.000",
        "write `1000`, or `1.00` if it is less",
    ),
    Slip(
        "matrix: {valuable: 1.500}\n" + sends("send: hello"),
        "bad-money",
        "1.500",
        "write `1500`, or `1.50` if it is less",
    ),
    Slip(
        offers("amount_off: 12.345"),
        "bad-money",
        "12.345",
        "write `12345`, or `12.34` if it is less",
    ),
    Slip(
        "programmes: {tiers: {basis: revenue over 12mo, levels: {leaf: 0, bud: 1.500}}}\n"
        + sends("send: hello"),
        "bad-number",
        "1.500",
        "write `1500`, or `1.50` if it is less",
    ),
    Slip(
        "programmes: {membership: {fee: 39.000 per 1y, rights: [free-shipping]}}\n"
        + sends("send: hello"),
        "bad-fee",
        "39.000 per 1y",
        "write `39000 per 1y`, or `39.00 per 1y` if it is less",
    ),
    Slip(
        "require: [profit > 1.000]\n" + sends("send: hello"),
        "bad-requirement",
        "1.000",
        "write `1000`, or `1.00` if it is less",
    ),
    Slip(where("revenue > 1.000"), "type-mismatch", "1.000", "write `1000`, or `1.00`"),
    Slip("use: {win-back: {offer: 0.2}}\n", "bad-money", "0.2", "write `20%`, or `0.20` in money"),
    Slip("use: {win-back: {offer: 20}}\n", "bad-money", "20", "write `20%`, or `20.00` in money"),
    Slip(
        subject("We are #1 in tea"),
        "comment-in-text",
        "#1 in tea",
        'write "We are #1 in tea"',
        'subject: "We are #1 in tea"\n',
        safe=False,
    ),
    Slip(
        subject("Only today: #tea"),
        "unquoted-colon",
        "Only today: #tea",
        'write "Only today: #tea"',
        'subject: "Only today: #tea"\n',
        safe=False,
    ),
    Slip(
        subject("@tea #one"),
        "unquoted-text",
        "@tea #one",
        'write "@tea #one"',
        'subject: "@tea #one"\n',
        safe=False,
    ),
    Slip(
        subject("Only today: tea # for now"),
        "unquoted-colon",
        "Only today: tea",
        'write "Only today: tea"',
        'subject: "Only today: tea" # for now\n',
    ),
    Slip(
        "messages: {hello: {subject: Sale: 20% off, body: Welcome.}}\n" + sends("send: hello"),
        "unquoted-colon",
        "Sale: 20% off",
        'write "Sale: 20% off"',
        '{subject: "Sale: 20% off", body',
    ),
    Slip(
        "messages: {hello: {subject: Sale: tea #one, body: Welcome.}}\n",
        "unclosed-bracket",
        "{",
        "never closed",
    ),
    Slip(
        "messages: {hello: {subject: 'It's tea', body: Welcome.}}\n" + sends("send: hello"),
        "text-after-quote",
        "s tea', body: Welcome.}}",
        "put all of it in quotes",
    ),
]
# The first line of a block.
FIRST_LINES = [
    Slip(
        block("trigger sign_up", "steps: [send: hello]"),
        "missing-colon",
        "trigger sign_up",
        "`trigger: sign_up`",
        "    trigger: sign_up\n",
        safe=False,
    ),
    Slip(
        block("trigger:sign_up", "steps: [send: hello]"),
        "missing-space",
        "trigger:",
        "write `key: value`",
        "    trigger: sign_up\n",
    ),
    Slip(
        block("trigger = sign_up", "steps: [send: hello]"),
        "missing-colon",
        "trigger = sign_up",
        "write `trigger: sign_up`",
        "    trigger: sign_up\n",
    ),
    Slip(
        block("trigger:\u00a0sign_up", "steps: [send: hello]"),
        "invisible-character",
        "\u00a0",
        "press the space bar",
        "    trigger: sign_up\n",
    ),
    Slip(
        "flows:\n  f\n    trigger: sign_up\n    steps: [send: hello]\n",
        "missing-colon",
        "f",
        "write `f:`",
        "  f:\n",
        safe=False,
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  - send hello", "    at: 08:00-09:00"),
        "missing-colon",
        "send hello",
        "`send: hello`",
        "- send: hello\n",
        safe=False,
    ),
    Slip(
        block("trigger: sign_up", "priority 30", "steps: [send: hello]"),
        "missing-colon",
        "priority 30",
        "`priority: 30`",
        "    priority: 30\n",
        safe=False,
    ),
    Slip(
        block("trigger: sign_up", "about: tea", "  and more", "  steps: [send: hello]"),
        "bad-indentation",
        "steps",
        "start it in the column of the lines that it belongs with",
    ),
    Slip(
        where("> 3 orders"),
        "unquoted-text",
        "> 3 orders",
        'write "> 3 orders"',
        'audience: "> 3 orders"',
    ),
]
# What may be written in a place is said in full.
EXPECTATIONS = [
    Slip(
        block("trigger: sign_up", "entry: again_after 180d", "steps: [send: hello]"),
        "unknown-word",
        "again_after 180d",
        "{again_after: 180d}",
        "entry: {again_after: 180d}\n",
    ),
    Slip(
        block("trigger: sign_up", "entry: often", "steps: [send: hello]"),
        "unknown-word",
        "often",
        "expected once, always or {again_after: 30d}",
    ),
    Slip(
        block("trigger: sign_up", "existing: all", "steps: [send: hello]"),
        "unknown-word",
        "all",
        "{over: 14d}",
        "existing: {over: 14d}\n",
        safe=False,
    ),
    Slip(
        f"flows: {{{'f' * 64}: {{trigger: sign_up, steps: [send: hello]}}}}\n",
        "bad-id",
        "f" * 64,
        "at most 63",
    ),
    Slip(
        sends(f"{{send: hello, id: {'s' * 64}}}"),
        "bad-id",
        "s" * 64,
        "at most 63",
    ),
]
# Shapes and words that another program, or plain speech, would take.
SHAPES = [
    Slip(
        block("trigger: sign_up", "steps:", "  send: hello", "  wait: 3d", "  send: again"),
        "wrong-shape",
        "send",
        "`steps` is a list: begin each item with a dash and a space",
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  send: hello"),
        "wrong-shape",
        "send: hello",
        "begin each step with a dash and a space: `- send: ...`",
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  -send: hello"),
        "missing-space",
        "-send",
        "write `- send: ...`",
        "      - send: hello\n",
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  – send: hello"),
        "missing-space",
        "– send",
        "write `- send: ...`",
        "      - send: hello\n",
    ),
    Slip(
        "flows:\n  - id: f\n    trigger: sign_up\n    steps: [send: hello]\n",
        "wrong-shape",
        "- id: f",
        "write `f:` instead of `- id: f`",
    ),
    Slip(
        "flows:\n  - f:\n      trigger: sign_up\n      steps: [send: hello]\n",
        "wrong-shape",
        "- f:",
        "write `f:` without the dash",
    ),
    Slip(
        block("trigger: newsletter sign-up", "steps: [send: hello]"),
        "unknown-event",
        "newsletter sign-up",
        "did you mean `sign_up`?",
        "trigger: sign_up\n",
        safe=False,
    ),
    Slip(
        block("trigger: sign_up or account_created", "steps: [send: hello]"),
        "unknown-event",
        "sign_up or account_created",
        "one event stands here: `sign_up` or `account_created`",
    ),
    Slip(
        sends("send: {subject: Hello, body: Text}"),
        "wrong-shape",
        "{subject: Hello, body: Text}",
        "define the message under `messages:` and send it by its id",
    ),
    Slip(
        "messages: {hello: {channel: E-Mail, subject: Hi, body: Welcome.}}\n"
        + sends("send: hello"),
        "unknown-channel",
        "E-Mail",
        "did you mean `email`?",
        "channel: email,",
    ),
    Slip(
        "guardrails: {frequency: 3 per 7d}\n" + sends("send: hello"),
        "wrong-shape",
        "3 per 7d",
        "write `{at_most: 3, per: 7d}`",
        "frequency: {at_most: 3, per: 7d}}",
    ),
    Slip(
        "guardrails: {frequency: [{at_most: 3, per: week}]}\n" + sends("send: hello"),
        "bad-duration",
        "week",
        "write `1w`",
        "per: 1w}",
    ),
    Slip(
        block("trigger: sign_up", "goal: order_placed within 30d", "steps: [send: hello]"),
        "wrong-shape",
        "order_placed within 30d",
        "write `{event: order_placed, within: 30d}`",
        "goal: {event: order_placed, within: 30d}\n",
    ),
    Slip(
        block("trigger: sign_up", "goal: order_placed", "steps: [send: hello]"),
        "wrong-shape",
        "order_placed",
        "write `{event: order_placed}`",
        "goal: {event: order_placed}\n",
    ),
    Slip(
        block("trigger: sign_up", "running: 2025-03-01", "steps: [send: hello]"),
        "bad-date",
        "2025-03-01",
        "write `since 2025-03-01`",
        'running: "since 2025-03-01"\n',
    ),
    Slip(
        sends("{wait: 2 Wochen}, {send: hello}"),
        "bad-duration",
        "2 Wochen",
        "write `2w`",
        "{wait: 2w}",
    ),
    Slip(
        sends("{wait: 1.5d}, {send: hello}"),
        "bad-duration",
        "1.5d",
        "did you mean `36h`?",
        "{wait: 36h}",
        safe=False,
    ),
    Slip(
        sends("{send: hello, expect: {added_orders: 1..6}}"),
        "bad-range",
        "1..6",
        "write `1..6 per 1000`",
        "1..6 per 1000",
    ),
    Slip(
        sends("{send: hello, expect: {added_orders: 1-6 per 1000}}"),
        "bad-range",
        "1-6 per 1000",
        "write `1..6 per 1000`",
        "1..6 per 1000",
    ),
    Slip(
        sends("{send: hello, expect: {purchase_rate: 5%..25%}}"),
        "bad-range",
        "5%..25%",
        "did you mean `1.05..1.25`?",
        "purchase_rate: 1.05..1.25",
        safe=False,
    ),
    Slip(
        "flows: {f: {trigger: sign_up, steps: [{split: s, variants: {"
        "a: {share: 1, steps: [send: hello]}, b: {share: 0%, steps: []}}}]}}\n",
        "bad-share",
        "1",
        "for example 1% or 100%",
    ),
    Slip(
        "events: {back: {product.sku: test}}\nflows: {f: {trigger: back, steps: [send: hello]}}\n",
        "bad-event",
        "test",
        "`test`",
    ),
    Slip(
        "guardrails: {holdout: yes}\n" + sends("send: hello"),
        "bad-share",
        "yes",
        "expected a percentage",
    ),
    Slip(
        block("enabled: NO", "trigger: sign_up", "steps: [send: hello]"),
        "wrong-shape",
        "NO",
        "write `false`",
        "enabled: false\n",
    ),
    Slip(
        block(
            "trigger: sign_up",
            "audience:",
            "  - orders > 3",
            "  - revenue > 20",
            "steps: [send: hello]",
        ),
        "wrong-shape",
        "- orders > 3",
        "orders > 3 and revenue > 20",
        '"orders > 3 and revenue > 20"\n',
        safe=False,
    ),
    Slip(
        block("trigger: sign_up", "audience:", "  orders: 3", "steps: [send: hello]"),
        "wrong-shape",
        "orders: 3",
        "write `orders = 3`",
        '"orders = 3"\n',
        safe=False,
    ),
]
HEADS = [
    Slip(
        "timezone: CEST\n",
        "unknown-timezone",
        "CEST",
        "did you mean `Europe/Berlin`?",
        "timezone: Europe/Berlin\n",
        safe=False,
    ),
    Slip(
        "currency: Euro\n",
        "unknown-currency",
        "Euro",
        "did you mean `EUR`?",
        "currency: EUR\n",
        safe=False,
    ),
]
# Steps, triggers and texts that look right at first sight.
STEPS = [
    Slip(
        block("trigger: sign_up", "steps:", "  - if: orders > 1", "    then: send: hello"),
        "unquoted-colon",
        "send: hello",
        "write `[send: hello]`",
        "then: [send: hello]\n",
        safe=False,
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  - wait:10d", "  - send: hello"),
        "missing-space",
        "wait:",
        "write `key: value`",
        "- wait: 10d\n",
    ),
    Slip(
        sends("wait:10d, send: hello"),
        "missing-space",
        "wait:",
        "write `key: value`",
        "[wait: 10d, send",
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  - wait:\u00a010d", "  - send: hello"),
        "invisible-character",
        "\u00a0",
        "after the colon stands a no-break space (U+00A0)",
        "- wait: 10d\n",
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  - wait: 10\u00a0d", "  - send: hello"),
        "bad-duration",
        "10\u00a0d",
        "it holds a no-break space: write `10d`",
        "- wait: 10d\n",
    ),
    Slip(
        sends("{if: orders > 1, then: {send: hello}}"),
        "wrong-shape",
        "{send: hello}",
        "write `[{send: hello}]`",
        "then: [{send: hello}]}",
        safe=False,
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  send: hello"),
        "wrong-shape",
        "send: hello",
        "expected a list of steps, found keys and values\nexpected a list of steps\n"
        "begin each step with a dash and a space: `- send: ...`",
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  - if: orders > 1", "    then: [send: hello]")
        + "        otherwise: [send: again]\n",
        "unknown-key",
        "otherwise",
        "write `else`",
        "else: [send: again]\n",
    ),
    Slip(
        "flows: {f: {when: monday, steps: [send: hello]}}\n",
        "unknown-key",
        "when",
        "write `trigger: {every: week on mon at 09:00}`",
    ),
    Slip(
        "flows: {f: {trigger: monday, steps: [send: hello]}}\n",
        "unknown-event",
        "monday",
        "write `trigger: {every: week on mon at 09:00}`",
        "{trigger: {every: week on mon at 09:00}, steps",
        safe=False,
    ),
    Slip(
        "flows:\n  f:\n<<<<<<< HEAD\n    trigger: sign_up\n=======\n    trigger: order_placed\n"
        ">>>>>>> autumn\n    steps: [send: hello]\n",
        "merge-conflict",
        "<<<<<<< HEAD",
        "keep one side and remove the three marker lines",
    ),
    Slip(
        "flows: {rückgewinnung: {trigger: sign_up, steps: [send: hello]}}\n",
        "bad-id",
        "rückgewinnung",
        "write `rueckgewinnung`",
    ),
    Slip(
        "flows: {Café Crème: {trigger: sign_up, steps: [send: hello]}}\n",
        "bad-id",
        "Café Crème",
        "write `cafe-creme`",
    ),
    Slip(
        "checks: {no-holdout: info}\n" + sends("send: hello"),
        "unknown-word",
        "info",
        "write `hint`",
        "{no-holdout: hint}",
    ),
    Slip(
        where("country = Germany"),
        "unknown-value",
        "Germany",
        "did you mean `DE`?",
        "country = DE\n",
        safe=False,
    ),
    Slip(
        where("country = Ruritania"),
        "unknown-value",
        "Ruritania",
        "write its two letters, such as DE",
    ),
    Slip(
        subject("“A code”"),
        "curly-quotes",
        "“A code”",
        'write "A code"',
        'subject: "A code"\n',
        safe=False,
    ),
    Slip(
        subject("“A code: now”"),
        "unquoted-colon",
        "“A code: now”",
        "curly quotes are letters to YAML",
        'subject: "A code: now"\n',
    ),
    Slip(
        block("trigger: sign_up", "steps:", "  - wait: 1d", "  - if: trigger.TIER = gold")
        + "        then: [send: hello]\n",
        "unknown-fact",
        "TIER",
        "has no field `TIER`",
    ),
]
# Plain speech in a condition.
CONDITIONS = [
    Slip(
        where("orders is greater than 3"),
        SYNTAX,
        "is greater than",
        "write `orders > 3`",
        "audience: orders > 3\n",
    ),
    Slip(
        where("orders is less than 3 and revenue > 5"),
        SYNTAX,
        "is less than",
        "write `orders < 3`",
        "audience: orders < 3 and",
    ),
    Slip(where("orders more than 3"), SYNTAX, "more than", "write `orders > 3`", "orders > 3\n"),
    Slip(
        where("days_since_last_order > 4 months"),
        SYNTAX,
        "4 months",
        "write `122`",
        "days_since_last_order > 122\n",
        safe=False,
    ),
    Slip(
        where("days_since_last_order > 30 days"),
        SYNTAX,
        "30 days",
        "write `30`",
        "days_since_last_order > 30\n",
    ),
    Slip(
        where("bought(category tea) within 4 months"),
        SYNTAX,
        "4 months",
        "write `4mo`",
        "within 4mo\n",
    ),
    Slip(
        where("orders is greater than or equal to 3"),
        SYNTAX,
        "is greater than or equal to",
        "write `orders >= 3`",
        "audience: orders >= 3\n",
    ),
    Slip(
        where("orders between 3 - 5"), SYNTAX, "-", "write `between 3 and 5`", "between 3 and 5\n"
    ),
    Slip(where("tags contains vip"), SYNTAX, "contains", "write `tags has vip`", "tags has vip\n"),
    Slip(where("everyone"), SYNTAX, "everyone", "leave the condition out"),
    Slip(where("has_acount is true"), "unknown-fact", "has_acount", "unknown fact"),
    Slip(where("revenue > 20 EUR"), SYNTAX, "20 EUR", "write `20`", "revenue > 20\n"),
    Slip(
        where("orders > 3 und revenue > 4"),
        SYNTAX,
        "und",
        "write `and`",
        "orders > 3 and revenue > 4\n",
    ),
    Slip(
        where("customers with more than 3 orders"),
        SYNTAX,
        "customers",
        "for example: orders > 3",
    ),
    Slip(where("customers who bought tea"), SYNTAX, "customers", "a condition is made of facts"),
]
BODY = '"{{ sender_address }} {{ unsubscribe_url }}"'
MESSAGES = """\
messages:
  hello: {subject: Hello, body: Welcome.}
  again: {subject: Again, body: Welcome.}
"""
SENDER = "sender: {name: Leaf, email: hello@leaf.example, address: 'Teeweg 1, Berlin'}\n"
RULES = "guardrails: {consent: {email: opt-in}}\n"
ALL = [
    *CUTS,
    *MISREAD,
    *FIRST_LINES,
    *EXPECTATIONS,
    *SHAPES,
    *STEPS,
    *CONDITIONS,
]


def around(text: str) -> str:
    """Return a playbook with the sections that `text` does not bring itself."""
    parts = {"sender:": SENDER, "messages:": MESSAGES, "guardrails:": RULES}
    joined = "".join(part for key, part in parts.items() if key not in text) + text
    return HEAD + joined.replace("body: Welcome.", f"body: {BODY}")


def found_in(path: Path, text: str) -> list[Diagnostic]:
    """Return the errors of a playbook, and warnings on how it is written."""
    compiled = compile_playbook(str(folder(path, {"playbook.yaml": text})), library=LIBRARY)
    return [
        one
        for one in compiled.diagnostics
        if one.severity is Severity.ERROR
        or one.rule in ("comment-in-text", "curly-quotes", "yaml-1-1-word")
    ]


def holds(path: Path, slip: Slip, text: str) -> None:
    marked = slip.marked.replace("body: Welcome.", f"body: {BODY}")
    found = found_in(path, text)
    assert [(one.rule, one.message) for one in found if one.rule != slip.rule] == []
    assert len(found) == 1, [one.message for one in found]
    (one,) = found
    source = SourceFile(one.span.file, text)
    assert source.slice(one.span).split("\n")[0] == marked
    assert slip.says in "\n".join((one.message, one.caption, one.help))
    if not slip.mended:
        assert one.fix is None
        return
    assert one.fix is not None
    assert one.fix.safe is slip.safe
    mended, _ = with_fixes(source, [one.fix])
    assert slip.mended in mended


@pytest.mark.parametrize("slip", ALL, ids=lambda slip: " ".join(slip.text.split())[-60:])
def test_a_slip_is_named_at_its_place_with_what_to_write(slip: Slip, tmp_path: Path) -> None:
    holds(tmp_path, slip, around(slip.text))


@pytest.mark.parametrize("slip", HEADS, ids=lambda slip: slip.text.strip())
def test_a_slip_in_the_settings_is_named_with_what_to_write(slip: Slip, tmp_path: Path) -> None:
    key = slip.text.partition(":")[0]
    head = "".join(line for line in HEAD.splitlines(True) if not line.startswith(key))
    holds(tmp_path, slip, around(sends("send: hello")).replace(HEAD, head + slip.text))


@pytest.mark.parametrize(
    "text",
    [
        subject("Tea for you # not yet sure"),
        subject('"We are #1 in tea"'),
        subject("We are#1 in tea"),
        subject("Tea #playbook: ignore[unused-definition] later"),
        "economics: {gross_margin: 50%, message_costs: {sms: 0.062}}\n" + sends("send: hello"),
        "economics: {gross_margin: 50%, monthly_budget: 1000.00}\n" + sends("send: hello"),
        "use: {win-back: {offer: 0.20}}\n",
        "use: {win-back: {offer: 120}}\n",
        flow('"orders > 1 and revenue > 20"'),
        where("rfm in (champion, loyal)"),
    ],
)
def test_what_was_meant_so_is_not_complained_about(text: str, tmp_path: Path) -> None:
    assert [one.message for one in found_in(tmp_path, around(text))] == []


def test_three_decimals_are_an_amount_where_the_currency_has_them(tmp_path: Path) -> None:
    text = "economics: {gross_margin: 50%, monthly_budget: 1.500}\n" + sends("send: hello")
    assert found_in(tmp_path, around(text).replace("EUR", "KWD")) == []


def advice(path: Path, files: dict[str, str], rule: str) -> list[str]:
    """Return what is said to write by the findings of a rule."""
    compiled = compile_playbook(str(folder(path, files)), library=LIBRARY)
    return [one.help for one in compiled.diagnostics if one.rule == rule]


def test_a_text_without_settings_is_named_where_it_is_sent(tmp_path: Path) -> None:
    files = {
        "playbook.yaml": HEAD + "include: [messages/*.md]\n" + sends("send: come-back"),
        "messages/come-back.md": "Come back soon.\n",
    }
    (said,) = advice(tmp_path, files, "unknown-message")
    assert "`body: messages/come-back.md`" in said
    assert "begin that file with a line of ---" in said


@pytest.mark.parametrize(
    ("kind", "severity"), [("marketing", Severity.WARNING), ("transactional", Severity.HINT)]
)
def test_a_message_that_is_sent_without_a_text(
    kind: str, severity: Severity, tmp_path: Path
) -> None:
    text = f"messages: {{hello: {{kind: {kind}, subject: Hi}}}}\n" + sends("send: hello")
    path = str(folder(tmp_path, {"playbook.yaml": HEAD + SENDER + RULES + text}))
    found = compile_playbook(path, library=LIBRARY).diagnostics
    (one,) = [one for one in found if one.rule == "message-without-text"]
    assert one.severity is severity
    assert "`body: messages/hello.md`" in one.help


def test_an_offer_of_the_playbook_is_proposed_for_a_mail_with_its_code(tmp_path: Path) -> None:
    text = (
        "messages: {hello: {subject: Hi, body: 'Your code: {{ offer.code }}'}}\n"
        "offers: {come-back: {percent_off: 10%, valid: 3d}}\n" + sends("send: hello")
    )
    files = {"playbook.yaml": HEAD + SENDER + RULES + text}
    (said,) = advice(tmp_path, files, "variable-without-value")
    assert said.startswith("add `offer: come-back` to the step")


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("# playbook: ignore[foo]", "there is no rule `foo` to ignore"),
        ("# playbook ignore[no-holdout] small", "a colon is missing after `playbook`"),
    ],
)
def test_a_comment_that_silences_nothing_is_told(comment: str, says: str, tmp_path: Path) -> None:
    text = around(sends("send: hello")).replace("flows:", f"{comment}\nflows:")
    path = str(folder(tmp_path, {"playbook.yaml": text}))
    found = compile_playbook(path, library=LIBRARY).diagnostics
    assert [says in one.message for one in found if one.rule == "bad-ignore"] == [True]


def test_a_finding_in_a_shipped_tactic_says_once_how_to_change_it(tmp_path: Path) -> None:
    tactic = "\n".join(
        (
            "tactic: gentle",
            "about: Waits for nothing.",
            "strategy: S8",
            "stage: startup+",
            "source: our own",
            "flows:",
            "  gentle:",
            "    trigger: sign_up",
            "    steps: [{wait: 0d}, {send: hello}, {wait: 0min}, {send: again}]",
            "messages: {hello: {subject: Hi, body: Hello.}, again: {subject: Hi, body: Hi.}}",
            "",
        )
    )
    library = tmp_path / "library" / "tactics"
    library.mkdir(parents=True)
    (library / "gentle.yaml").write_text(tactic, encoding="utf-8")
    path = str(folder(tmp_path, {"playbook.yaml": HEAD + SENDER + RULES + "use: {gentle: {}}\n"}))
    found = compile_playbook(path, library=tmp_path / "library").diagnostics
    assert any(one.rule == "wait-zero" for one in found), [one.message for one in found]
    assert sum("playbook eject gentle" in one.help for one in found) == 1
