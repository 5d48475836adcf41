"""Conditions inside the kernel: postfix code over what is remembered of a person, by Kleene."""

from __future__ import annotations

from playbook_runtime.kernel.cache import compiled
from playbook_runtime.kernel.clock import add, local_day
from playbook_runtime.kernel.instructions import (
    AND,
    CONSENTS,
    DEFINITE,
    ENTERED,
    FACT,
    GOT_CHANNEL,
    GOT_MESSAGE,
    HAPPENED,
    HOLDS,
    IN_FLOW,
    KNOWN,
    LEFT,
    NOT,
    OR,
    STATIC,
)
from playbook_runtime.kernel.scratch import (
    ACTIVE,
    FIRST_ORDER,
    FLOW,
    LAST_ORDER,
    ORDERS,
    REVENUE,
    RUNS,
    SUPPRESSED,
    ZONE,
)
from playbook_runtime.kernel.tables import NEVER, NO, UNKNOWN, YES


@compiled
def _fact(s, zones, fact, moment):
    """Return (known, value) of a fact; money in minor units."""
    orders = s.reg[ORDERS]
    if fact == 0:
        return True, float(orders)
    if fact == 1:
        return True, float(s.reg[REVENUE])
    if orders == 0:
        return False, 0.0
    if fact == 2:
        return True, float(s.reg[REVENUE]) / float(orders)
    since = s.reg[LAST_ORDER] if fact == 4 else s.reg[FIRST_ORDER]
    zone = s.reg[ZONE]
    return True, float(local_day(zones, zone, moment) - local_day(zones, zone, since))


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
def _recent(p, s, zones, last, duration, moment):
    """Return YES when `last` lies within the duration before now; -1 means ever."""
    if last == NEVER:
        return NO
    if duration < 0:
        return YES
    return YES if add(zones, s.reg[ZONE], last, p.durations, duration) >= moment else NO


@compiled
def _leaf(p, s, zones, op, a, b, number, moment):
    if op == FACT:
        known, value = _fact(s, zones, a, moment)
        if not known:
            return UNKNOWN
        return YES if _compare(value, b, number) else NO
    if op == KNOWN:
        return YES if _fact(s, zones, a, moment)[0] else NO
    if op == STATIC:
        return s.static[a]
    if op == IN_FLOW:
        for r in range(s.reg[RUNS]):
            if s.runs[r, ACTIVE] and s.runs[r, FLOW] == a:
                return YES
        return NO
    if op == ENTERED:
        return _recent(p, s, zones, s.last_entry[a], b, moment)
    if op == GOT_MESSAGE:
        return _recent(p, s, zones, s.last_message[a], b, moment)
    if op == GOT_CHANNEL:
        return _recent(p, s, zones, s.last_channel[a], b, moment)
    if op == HOLDS:
        return YES if s.offer_until[a] > moment else NO
    if op == LEFT:
        return YES if s.reg[SUPPRESSED] else NO
    if op == HAPPENED:
        return _recent(p, s, zones, s.last_event[a], b, moment)
    if op == CONSENTS:
        return YES if s.consent[a] == 1 else NO
    return a  # CONSTANT


@compiled
def holds(p, s, zones, condition, moment):
    """Return whether a condition is satisfied; -1 stands for no condition."""
    if condition < 0:
        return True
    depth = 0
    stack = s.stack
    for i in range(p.condition_first[condition], p.condition_first[condition + 1]):
        op, a, b = p.condition_code[i, 0], p.condition_code[i, 1], p.condition_code[i, 2]
        if op == NOT:
            if stack[depth - 1] != UNKNOWN:
                stack[depth - 1] = YES if stack[depth - 1] == NO else NO
        elif op == DEFINITE:
            if stack[depth - 1] == UNKNOWN:
                stack[depth - 1] = NO
        elif op in (AND, OR):
            depth -= 1
            left, right = stack[depth - 1], stack[depth]
            decisive = NO if op == AND else YES
            if decisive in (left, right):
                stack[depth - 1] = decisive
            elif UNKNOWN in (left, right):
                stack[depth - 1] = UNKNOWN
        else:
            stack[depth] = _leaf(p, s, zones, op, a, b, p.condition_number[i], moment)
            depth += 1
    return stack[0] == YES
