"""A line of `require:` to a Requirement: METRIC[.world][.quantile] OPERATOR value [of METRIC]."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from playbook_compiler.diagnostics import Diagnostic, error, nearest, shown
from playbook_compiler.fixes import respelled
from playbook_compiler.model import Requirement
from playbook_compiler.reading import Origin
from playbook_compiler.spellings import money_in_thousands
from playbook_compiler.units import Share, parse_number, parse_share

# What each metric is measured in: money in minor units of the currency, a share, or a count.
METRICS = {
    "orders": "count",
    "revenue": "money",
    "contribution": "money",
    "message_cost": "money",
    "offer_cost": "money",
    "retention_cost": "money",
    "profit": "money",
    "active_customers": "count",
    "repeat_purchase_rate": "share",
    "purchase_frequency": "count",
    "aov": "money",
    "customer_value": "money",
    "crr": "share",
    "messages_per_customer_month": "count",
    "newcomers": "count",
    "orders_per_month": "count",
    "points_liability": "money",
    "visits": "count",
    "conversion": "share",
}
FLOW_METRICS = ("entered", "sent", "held_back", "orders", "profit")
WORLDS = ("without", "with", "difference")
STATISTICS = ("p10", "p50", "p90", "mean")
EXAMPLE = "profit.difference.p10 > 0"
_LINE = re.compile(r"\s*(?P<left>.*?)\s*(?P<operator><=|>=|<|>|==|=)\s*(?P<right>.*?)\s*\Z", re.S)
_FLOW = re.compile(r"flow\(\s*(?P<flow>[^()]*?)\s*\)\.(?P<rest>.+)\Z", re.S)
_OF = re.compile(r"(?P<share>\S+\s*%)\s+of\s+(?P<metric>\S+)\Z")


def parse_requirement(
    text: str, origin: Origin, flows: Collection[str], decimals: int
) -> Requirement | Diagnostic:
    """Return the requirement that `text` is, or what is wrong with it.

    `limit` comes in the metric's unit: minor units for money (`decimals` of the currency), a
    fraction for shares and for `2% of profit`, else a plain number.
    """
    line = _LINE.match(text)
    if line is None or line["operator"] in ("=", "=="):
        return _refuse(origin, text, f"expected a comparison such as {EXAMPLE}")
    left, right = line["left"], line["right"]
    flow, rest = "", left
    of_flow = _FLOW.match(left)
    if of_flow is not None:
        flow, rest = of_flow["flow"], of_flow["rest"]
        if flow not in flows:
            guess = nearest(flow, flows)
            span = origin.span_in(of_flow.start("flow"), of_flow.end("flow"))
            return error(
                "unknown-flow",
                f"unknown flow `{shown(flow)}`",
                span,
                caption="not a flow of this playbook",
                help=f"did you mean `{guess}`?" if guess else "",
                fix=respelled(origin.document.source, span, flow, flows),
            )
    metric, *suffixes = rest.split(".")
    known = FLOW_METRICS if flow else tuple(METRICS)
    if metric not in known:
        return _unknown_metric(metric, known, text, origin)
    parts = _suffixes(suffixes)
    if isinstance(parts, str):
        return _refuse(origin, text, parts)
    world, statistic = parts
    value = _limit(right, METRICS.get(metric, "count"), decimals)
    if isinstance(value, str):
        start = line.start("right")
        return error(
            "bad-requirement",
            f"`{shown(right)}`: {value}",
            origin.span_in(start, start + max(len(right), 1)),
            caption=value,
        )
    limit, of = value
    if of and of not in METRICS:
        return _unknown_metric(of, tuple(METRICS), text, origin)
    return Requirement(
        " ".join(text.split()), metric, flow, world, statistic, line["operator"], limit, of, origin
    )


def _suffixes(suffixes: list[str]) -> tuple[str, str] | str:
    """Return world and statistic, which stand in this order and each at most once."""
    rest = list(suffixes)
    world = rest.pop(0) if rest and rest[0] in WORLDS else "with"
    statistic = rest.pop(0) if rest and rest[0] in STATISTICS else "mean"
    if not rest:
        return world, statistic
    guess = nearest(rest[0], (*WORLDS, *STATISTICS))
    hint = f"; did you mean `.{guess}`?" if guess else ""
    return (
        f"`.{shown(rest[0])}` is not understood: after the metric may follow"
        f" .{', .'.join(WORLDS)}, then .{', .'.join(STATISTICS)}{hint}"
    )


def _limit(text: str, unit: str, decimals: int) -> tuple[Decimal, str] | str:
    of = _OF.match(text)
    if of is not None:
        share = parse_share(of["share"])
        return share if isinstance(share, str) else (share.fraction, of["metric"])
    if text.endswith("%"):
        share = parse_share(text)
        if isinstance(share, Share) and unit != "share":
            return f"a percentage of what? For example {share} of profit"
        return share if isinstance(share, str) else (share.fraction, "")
    two = money_in_thousands(text, decimals) if unit == "money" else None
    if two is not None:
        return f"write `{two[0]}`, or `{two[1]}` if it is less"
    number = parse_number(text)
    if isinstance(number, str):
        return "expected a number, a percentage, or a part of another metric: 2% of profit"
    if unit == "share":
        return "expected a percentage such as 30%"
    return (number.scaleb(decimals) if unit == "money" else number), ""


def _unknown_metric(name: str, known: tuple[str, ...], text: str, origin: Origin) -> Diagnostic:
    start = max(text.find(name), 0)
    guess = nearest(name, known)
    span = origin.span_in(start, start + max(len(name), 1))
    return error(
        "unknown-metric",
        f"unknown metric `{shown(name)}`",
        span,
        caption="not a metric",
        help=f"did you mean `{guess}`?" if guess else f"known: {', '.join(known)}",
        fix=respelled(origin.document.source, span, name, known),
    )


def _refuse(origin: Origin, text: str, why: str) -> Diagnostic:
    return error(
        "bad-requirement",
        f"`{shown(text)}`: {why}",
        origin.span(),
        caption=f"for example: {EXAMPLE}",
    )
