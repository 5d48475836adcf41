"""Programmes of a playbook as the tables that the kernel goes by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from playbook_compiler.model import Economics, Flow, Playbook
from playbook_compiler.programmes import Earn, Points, Referral, Reward
from playbook_compiler.triggers import PointsExpiring, PointsReach
from playbook_compiler.units import Duration, Money
from playbook_compiler.values import dataclass
from playbook_runtime import program_rules as rules
from playbook_runtime import program_tiers as tier_rules
from playbook_runtime.condition_code import CodeList
from playbook_runtime.heard import TIER_FACT
from playbook_runtime.kernel import instructions as code
from playbook_runtime.launch import PROGRAMMES, Launch
from playbook_runtime.program_steps import FREE, Tables

# So long before points lapse their event happens; flows with a trigger of their own say how long.
NOTICE = Duration(days=30)
EARNED, REDEEMED, EXPIRING = "points_earned", "points_redeemed", "points_expiring"
CHANGED, REFERRED = "tier_changed", "referred"
_SINCE = {"last activity": code.EXPIRE_IDLE, "earning": code.EXPIRE_OLD}

Rows = list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ProgrammeTables:
    """Rows of the points tables: what earns, what is redeemed, which flows points start."""

    on: int
    earns: Rows
    earn_log: int
    redeems: Rows
    rewards: Rows
    reaches: Rows
    warnings: Rows
    points_expire: int
    points_life: int
    needs_orders: bool
    member_slot: int
    levels: list[int]
    tier_flows: Rows
    rights: Rows
    gifts: Rows
    tier_basis: int
    tier_over: int
    tier_keep: int
    tier_cell: int
    fee: int
    fee_per: int
    fee_seconds: int
    trial: int
    referrals: Rows
    reward_after: int
    reward_most: int
    reward_within: int


def programme_tables(
    playbook: Playbook,
    flows: Sequence[Flow],
    launch: Launch,
    tables: Tables,
    conditions: CodeList,
) -> ProgrammeTables:
    """Return the tables of the programmes that a playbook has."""
    programmes = playbook.programmes
    points = programmes.points if programmes is not None else None
    tiers = programmes.tiers if programmes is not None else None
    membership = programmes.membership if programmes is not None else None
    referral = programmes.referral if programmes is not None else None
    fee = membership.fee if membership is not None else None
    members = [n for n, slot in enumerate(launch.slots) if slot.flow == PROGRAMMES]
    events = {event: n for n, event in enumerate(launch.events)}
    earns: Rows = []
    redeems: Rows = []
    rewards: Rows = []
    logged, life, since = 0, None, ""
    if points is not None:
        earns, logged = _earns(points, playbook.decimals, events, tables, conditions)
        redeems, rewards = _redeems(points, playbook)
        if points.expire is not None:
            life, since = points.expire.after, points.expire.since
    referrals = _referrals(referral, playbook, rewards)
    most, within = _most(referral, tables)
    told = list(conditions.names.told)
    return ProgrammeTables(
        on=(code.POINTS_ON if points is not None else 0)
        | (code.TIERS_ON if tiers is not None else 0)
        | (code.MEMBERSHIP_ON if membership is not None else 0)
        | (code.REFERRAL_ON if referral is not None else 0),
        earns=earns,
        earn_log=logged,
        redeems=redeems,
        rewards=rewards,
        reaches=_reaches(flows) if points is not None else [],
        warnings=_warnings(flows, events, tables) if life is not None else [],
        points_expire=code.EXPIRE_NEVER if life is None else _SINCE[since],
        points_life=0 if life is None else tables.duration(life),
        needs_orders=points is not None and any(earn.points.currency for earn in points.earn),
        member_slot=members[0] if members else -1,
        levels=tier_rules.thresholds(tiers, playbook.decimals),
        tier_flows=tier_rules.flow_rows(tiers, flows),
        rights=[
            *tier_rules.rights_of_levels(tiers, playbook.economics, playbook.decimals),
            tier_rules.rights(
                membership.rights if membership is not None else (),
                playbook.economics,
                playbook.decimals,
            ),
        ],
        gifts=tier_rules.gift_rows(playbook, launch, conditions.names.offers),
        tier_basis=code.BY_NOTHING if tiers is None else tier_rules.BASES[tiers.basis.figure],
        tier_over=_row(tiers.basis.over if tiers is not None else None, tables),
        tier_keep=_row(tiers.keep if tiers is not None else None, tables),
        tier_cell=told.index(TIER_FACT) if TIER_FACT in told else -1,
        fee=0 if fee is None else fee.amount.minor(playbook.decimals),
        fee_per=0 if fee is None else tables.duration(fee.per),
        fee_seconds=0 if fee is None else rules.window_seconds(fee.per),
        trial=_row(membership.trial if membership is not None else None, tables),
        referrals=referrals,
        reward_after=_row(referral.reward_after if referral is not None else None, tables),
        reward_most=most,
        reward_within=within,
    )


def _row(length: Duration | None, tables: Tables) -> int:
    return -1 if length is None else tables.duration(length)


def _earns(
    points: Points,
    decimals: int,
    events: Mapping[str, int],
    tables: Tables,
    conditions: CodeList,
) -> tuple[Rows, int]:
    rows: Rows = []
    logged = 0
    for earn in points.earn:
        if earn.event not in events:
            continue
        fixed, many, per = _rate(earn, decimals)
        most, within = 0, 0
        if earn.at_most is not None:
            most, span = int(earn.at_most.count), earn.at_most.per
            within = tables.duration(span) if isinstance(span, Duration) else -1
        pending = -1 if earn.pending is None else tables.duration(earn.pending)
        where = conditions.add(earn.where)
        rows.append((events[earn.event], fixed, many, per, pending, where, most, within, logged))
        logged += most
    return rows, logged


def _rate(earn: Earn, decimals: int) -> tuple[int, int, int]:
    """Return (a fixed number, or 0 and points per so many minor units)."""
    rate = earn.points
    if not rate.currency:
        return int(rate.points), 0, 1
    share = Fraction(rate.points) / (Fraction(rate.per) * 10**decimals)
    return 0, share.numerator, share.denominator


def _redeems(points: Points, playbook: Playbook) -> tuple[Rows, Rows]:
    rows: Rows = []
    rewards: Rows = []
    # From the most points down; of equals the one written first.
    for redeem in sorted(points.redeem, key=lambda one: -one.points):
        first = len(rewards)
        rewards.extend(rewards_of(redeem.reward, playbook))
        plus = (redeem.plus or FREE).minor(playbook.decimals)
        rows.append((redeem.points, plus, first, len(rewards)))
    return rows, rewards


def rewards_of(reward: Reward, playbook: Playbook) -> list[tuple[int, int]]:
    """Return (kind, size) of each thing that can be chosen."""
    if not reward.choice:
        return [benefit(reward, playbook.economics, playbook.decimals)]
    found = []
    for name in reward.choice:
        offer = playbook.offers.get(name)
        if offer is not None:
            found.append(rules.benefit(offer, playbook.economics, playbook.decimals))
        else:
            found.append((code.GIFT, _goods(name, playbook)))
    return found


def _referrals(referral: Referral | None, playbook: Playbook, rewards: Rows) -> Rows:
    """Return what the referrer gets and what the newcomer does; their rewards are appended."""
    rows: Rows = []
    for reward in (referral.referrer, referral.newcomer) if referral is not None else ():
        first = len(rewards)
        points = 0
        if reward is not None and reward.points is not None:
            points = reward.points
        elif reward is not None:
            rewards.extend(
                (code.GIFT, 0) if kind == code.POINTS else (kind, size)
                for kind, size in rewards_of(reward, playbook)
            )
        rows.append((points, 0, first, len(rewards)))
    return rows


def _most(referral: Referral | None, tables: Tables) -> tuple[int, int]:
    """Return how many rewards a customer gets in which time; 0: as many as friends come."""
    if referral is None or referral.at_most is None:
        return 0, -1
    count, span = referral.at_most.count, referral.at_most.per
    # A friend's first order is one order: a limit by order limits nothing.
    return (int(count), tables.duration(span)) if isinstance(span, Duration) else (0, -1)


def _goods(name: str, playbook: Playbook) -> int:
    """Return what a listed product costs the shop: its price less its margin."""
    product = playbook.products[name]
    margin = product.margin
    if margin is None:
        economics = playbook.economics
        margin = economics.gross_margin.default if economics is not None else None
    share = margin.fraction if margin is not None else Decimal(0)
    price = product.price.amount if product.price is not None else Decimal(0)
    return Money(price * (1 - share)).minor(playbook.decimals)


def benefit(reward: Reward, economics: Economics | None, decimals: int) -> tuple[int, int]:
    """Return (kind, size) of a reward of a programme: ppm, minor units, or points."""
    if reward.percent_off is not None:
        return code.PERCENT, reward.percent_off.ppm
    if reward.amount_off is not None:
        return code.AMOUNT, reward.amount_off.minor(decimals)
    if reward.credit is not None:
        return code.CREDIT, reward.credit.minor(decimals)
    if reward.points is not None:
        return code.POINTS, reward.points
    if reward.free_shipping:
        return code.SHIPPING, rules.shipping(economics).minor(decimals)
    return code.GIFT, (reward.cost or FREE).minor(decimals)


def _reaches(flows: Sequence[Flow]) -> Rows:
    return [
        (n, flow.trigger.points_reach)
        for n, flow in enumerate(flows)
        if isinstance(flow.trigger, PointsReach)
    ]


def _warnings(flows: Sequence[Flow], events: Mapping[str, int], tables: Tables) -> Rows:
    rows: Rows = []
    if EXPIRING in events:
        rows.append((-1 - events[EXPIRING], _before(NOTICE, tables)))
    for n, flow in enumerate(flows):
        if isinstance(flow.trigger, PointsExpiring):
            rows.append((n, _before(flow.trigger.points_expiring, tables)))
    return rows


def _before(length: Duration, tables: Tables) -> int:
    return tables.row(-length.months, -length.days, -length.seconds)
