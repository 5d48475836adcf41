"""Effects in words that need no statistics: what a message changes, as its 80% interval."""

from __future__ import annotations

from playbook_runtime.evidence.effects import EffectPrior
from playbook_runtime.evidence.model import Form
from playbook_runtime.evidence.reference import interval_text

_WORDS = {
    Form.PURCHASE_RATE: "rate of buying {}, for {}",
    Form.PURCHASE_PROBABILITY: "rate of buying {}, for {}",
    Form.ADDED_ORDERS: "adds {} orders within {}",
    Form.DROPOUT: "chance to leave {}, within {}",
    Form.REVIVE: "brings back {} of those who left, within {}",
    Form.BASKET: "order value {}, for {}",
    Form.REPAID: "{} of the added orders only come earlier",
    Form.REDEMPTION: "{} of the orders that may use the offer",
}


def effect_words(prior: EffectPrior) -> str:
    """Return what an effect changes: `adds 1.0..6.0 orders per 1,000 within 14d` and the like."""
    if prior.changes_nothing:
        return f"changes nothing ({str(prior.form).replace('_', ' ')})"
    words = _WORDS.get(prior.form, "{}")
    interval = interval_text(prior)
    if prior.form is Form.ADDED_ORDERS:
        # "adds 1..6 orders per 1,000 within 14d", not "1..6 per 1,000 orders".
        number = interval.removesuffix(" per 1,000")
        return f"adds {number} orders per 1,000 within {prior.window_days:g}d"
    return words.format(interval, f"{prior.window_days:g}d")


def headline_words(prior: EffectPrior) -> str:
    """Return whether the headline of a projection counts an effect, and why."""
    if not prior.in_headline:
        return "left out of the headline: nothing proves it"
    if prior.form in (Form.REDEMPTION, Form.REPAID):
        return "in the headline, as a cost"
    return "in the headline"
