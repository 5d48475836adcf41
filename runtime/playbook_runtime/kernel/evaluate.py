"""Conditions inside the kernel: postfix code over what is remembered of a person, by Kleene."""

from __future__ import annotations

from playbook_runtime.kernel import fields as at
from playbook_runtime.kernel import instructions as code
from playbook_runtime.kernel import scratch as m
from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add, local_day
from playbook_runtime.kernel.marks import answer_of, last_bought, mark_asked
from playbook_runtime.kernel.tables import NEVER, NO, UNKNOWN, YES


@compiled
def _fact(p, s, fact, moment):
    """Return (known, value) of a fact; money in minor units."""
    orders = s[m.ORDERS]
    if fact == 0:
        return True, float(orders)
    if fact == 1:
        return True, float(s[m.REVENUE])
    if fact == code.POINTS_FACT:
        return True, float(s[m.BALANCE])
    if orders == 0:
        return False, 0.0
    if fact == 2:
        return True, float(s[m.REVENUE]) / float(orders)
    since = s[m.LAST_ORDER] if fact == 4 else s[m.FIRST_ORDER]
    zone = s[m.ZONE]
    return True, float(local_day(p, zone, moment) - local_day(p, zone, since))


@compiled
def _compare(value, operator, other):
    if operator == 0:
        return value == other
    if operator == 1:
        return value != other
    if operator == 2:
        return value < other
    if operator == 3:
        return value <= other
    if operator == 4:
        return value > other
    return value >= other


@compiled
def _recent(p, s, last, duration, moment):
    """Return YES when `last` lies within the duration before now; -1 means ever."""
    if last == NEVER:
        return NO
    if duration < 0:
        return YES
    return YES if add(p, s[m.ZONE], last, duration) >= moment else NO


@compiled
def _in_flow(s, flow):
    for r in range(s[m.RUNS]):
        run = s[m.RUN_TABLE] + r * m.RUN_WIDTH
        if s[run + m.ACTIVE] and s[run + m.FLOW] == flow:
            return YES
    return NO


@compiled
def _leaf(p, s, op, a, b, number, moment):
    if op == code.FACT:
        known, value = _fact(p, s, a, moment)
        if not known:
            return UNKNOWN
        return YES if _compare(value, b, number) else NO
    if op == code.KNOWN:
        return YES if _fact(p, s, a, moment)[0] else NO
    if op == code.STATIC:
        return s[s[m.STATIC_ANSWERS] + a]
    if op == code.IN_FLOW:
        return _in_flow(s, a)
    if op == code.ENTERED:
        return _recent(p, s, s[s[m.LAST_ENTRY] + a], b, moment)
    if op == code.GOT_MESSAGE:
        return _recent(p, s, s[s[m.LAST_MESSAGE] + a], b, moment)
    if op == code.GOT_CHANNEL:
        return _recent(p, s, s[s[m.LAST_CHANNEL] + a], b, moment)
    if op == code.HOLDS:
        return YES if s[s[m.OFFER_UNTIL] + a] > moment else NO
    if op == code.LEFT:
        return YES if s[m.SUPPRESSED] or s[s[m.CONSENTS_TO] + a] == code.TAKEN_BACK else NO
    if op == code.ORDER:
        if s[m.ABOUT] < 0:
            return UNKNOWN
        order = s[m.PLACED] + s[m.ABOUT] * m.PLACED_WIDTH
        if s[order + a] < 0:
            return UNKNOWN
        return YES if _compare(float(s[order + a]), b, number) else NO
    if op == code.ENGAGED:
        return _recent(p, s, s[s[m.LAST_ENGAGED] + a], b, moment)
    if op == code.MARKED:
        return answer_of(p, b, mark_asked(s, a))
    if op == code.BOUGHT:
        return _recent(p, s, last_bought(p, s, a), b, moment)
    if op == code.TOLD:
        return p[p[at.ANSWERS] + b + s[s[m.TOLD] + a]]
    if op == code.HAPPENED:
        return _recent(p, s, s[s[m.LAST_EVENT] + a], b, moment)
    if op == code.CONSENTS:
        return YES if s[s[m.CONSENTS_TO] + a] == 1 and not s[m.SUPPRESSED] else NO
    return a  # CONSTANT


@compiled
def holds(p, f, s, condition, moment):
    """Return whether a condition is satisfied; -1 stands for no condition."""
    if condition < 0:
        return True
    top = s[m.STACK] - 1
    first = p[p[at.CONDITION_FIRST] + condition]
    for i in range(first, p[p[at.CONDITION_FIRST] + condition + 1]):
        row = p[at.CONDITION_CODE] + 3 * i
        op = p[row]
        if op == code.NOT:
            if s[top] != UNKNOWN:
                s[top] = YES if s[top] == NO else NO
        elif op == code.DEFINITE:
            if s[top] == UNKNOWN:
                s[top] = NO
        elif op == code.AND or op == code.OR:  # noqa: PLR1714  a tuple costs in compiled code
            top -= 1
            left, right = s[top], s[top + 1]
            decisive = NO if op == code.AND else YES
            if left == decisive or right == decisive:  # noqa: PLR1714
                s[top] = decisive
            elif left == UNKNOWN or right == UNKNOWN:  # noqa: PLR1714
                s[top] = UNKNOWN
        else:
            top += 1
            number = f[p[at.CONDITION_NUMBER] + i]
            s[top] = _leaf(p, s, op, p[row + 1], p[row + 2], number, moment)
    return s[top] == YES
