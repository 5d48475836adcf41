"""What programmes do in a person's life beside orders: joining, credits, lapses, warnings."""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.effects import NO_FATIGUE, begin
from playbook_runtime.kernel.layout import PerMonth, World, world_column
from playbook_runtime.kernel.membership import ask, chance_to_join, renew
from playbook_runtime.kernel.months import WITH
from playbook_runtime.kernel.orders import expected_value, value_of
from playbook_runtime.kernel.points import credit, expire
from playbook_runtime.kernel.random import gamma, uniform
from playbook_runtime.kernel.referral import (
    bring,
    comes_anyway,
    friend_key,
    give,
    give_points,
    promise,
)
from playbook_runtime.kernel.runs import NO_KEY, happen, try_entry
from playbook_runtime.kernel.sending import issue
from playbook_runtime.kernel.streams import REDEEMER, SPEND, TAKES_PART, VALUE
from playbook_runtime.kernel.tiers import open_level, review

_PARTICIPATION = m.DRAWN + at.PARTICIPATION
_REDEMPTION = m.DRAWN + at.POINTS_REDEMPTION
_Q, _GAMMA = m.DRAWN + at.Q, m.DRAWN + at.GAMMA
_ANYWAY = world_column(1, World.REFERRED_ANYWAY)
_REVENUE = world_column(1, World.REVENUE)
_MONTH_REVENUE = WITH + int(PerMonth.REVENUE)


@compiled
def enrol(p, f, s, g, out, person, times, moment):
    """Decide whether the person takes part in points and tiers, and let the effect of it begin."""
    if p[at.PROGRAMMES] & code.MEMBERSHIP_ON:
        g[m.JOINS] = chance_to_join(p, s, g, person, times)
    if not p[at.PROGRAMMES] & (code.POINTS_ON | code.TIERS_ON):
        return
    if uniform(s, TAKES_PART, 0) < g[_PARTICIPATION]:
        s[m.TAKES_PART] = 1
        s[m.REDEEMER] = 1 if uniform(s, REDEEMER, 0) < g[_REDEMPTION] else 0
        if p[at.MEMBER_SLOT] >= 0:
            begin(p, f, s, g, out, p[at.MEMBER_SLOT], moment, 0, NO_FATIGUE)
        if p[at.TIER_BASIS] != code.BY_NOTHING:
            open_level(p, s, person[at.BASIS], person[at.BASIS_AT], moment)


@compiled
def _give(p, s, g, out, old, level, moment):
    """Give the offers of the levels above `old` up to `level`; -1 is the membership."""
    for i in range(p[at.GIVEN]):
        row = p[at.GIFTS] + 3 * i
        if old < p[row] <= level:
            issue(p, s, g, out, -1, p[row + 1], p[row + 2], 0, moment)


@compiled
def _changed(p, f, s, g, out, old, level, moment):
    """The level has changed: what it gives at once, its event, the flows that it starts."""
    _give(p, s, g, out, old, level, moment)
    if p[at.TIER_EVENT] >= 0:
        happen(p, f, s, g, out, p[at.TIER_EVENT], m.SCOPE_ALL, NO_KEY, moment)
    up = 1 if level > old else 0
    for i in range(p[at.CHANGES]):
        row = p[at.TIER_FLOWS] + 3 * i
        if p[row + 1] == up and (p[row + 2] < 0 or p[row + 2] == level):
            try_entry(p, f, s, g, out, p[row], NO_KEY, moment)


@compiled
def _friend(p, f, s, g, out, counter, moment):
    """A friend orders for the first time: rewards, the event, and perhaps a life of his own."""
    key = friend_key(s, counter)
    if comes_anyway(s, g, counter):
        out[_ANYWAY] += 1
        own, nu = s[m.PERSON_ID], g[m.SPEND_RATE]
        s[m.PERSON_ID] = key
        g[m.SPEND_RATE] = gamma(s, SPEND, 0, g[_Q]) / g[_GAMMA]
        value = value_of(s, g, VALUE, 0)
        s[m.PERSON_ID], g[m.SPEND_RATE] = own, nu
        off = give(p, s, out, p[at.REFERRALS] + code.REDEEM_WIDTH, value, 0)
        out[_REVENUE] -= off
        out[s[m.MONTH_ROW] + _MONTH_REVENUE] -= off
    else:
        bring(s, key, moment)
    promise(p, s, moment)
    if p[at.REFERRED_EVENT] >= 0:
        happen(p, f, s, g, out, p[at.REFERRED_EVENT], m.SCOPE_ALL, NO_KEY, moment)


@compiled
def programme_event(p, f, s, g, out, kind, a, b, moment):
    """Handle what a programme has scheduled."""
    if kind == m.CREDIT:
        before = s[m.BALANCE]
        credit(p, s, a, moment)
        if p[at.POINTS_EARNED_EVENT] >= 0:
            event = p[at.POINTS_EARNED_EVENT]
            happen(p, f, s, g, out, event, m.SCOPE_ALL, NO_KEY, moment)
        for i in range(p[at.REACHED]):
            row = p[at.REACHES] + 2 * i
            if before < p[row + 1] <= before + a:
                try_entry(p, f, s, g, out, p[row], NO_KEY, moment)
    elif kind == m.REVIEW:
        if a == s[m.TIER_STAMP]:
            review(p, s, moment)
    elif kind == m.ASK:
        if ask(p, f, s, g, out, moment):
            _give(p, s, g, out, -2, -1, moment)
    elif kind == m.RENEWAL:
        renew(p, s, g, out, a, moment)
    elif kind == m.COMES:
        _friend(p, f, s, g, out, a, moment)
    elif kind == m.REWARD:
        give(p, s, out, p[at.REFERRALS], expected_value(g), 0)
        give_points(p, s, out, p[at.REFERRALS], moment)
    elif kind == m.CHANGED:
        _changed(p, f, s, g, out, a, b, moment)
    elif a != s[m.POINTS_STAMP]:
        return
    elif kind == m.EXPIRE:
        expire(p, s, out, moment)
    elif b >= 0:
        try_entry(p, f, s, g, out, b, NO_KEY, moment)
    else:
        happen(p, f, s, g, out, -1 - b, m.SCOPE_ALL, NO_KEY, moment)
