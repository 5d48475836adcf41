"""The reference page of the evidence library, made from its data."""

from __future__ import annotations

from playbook_runtime.evidence.effects import EffectPrior, drawn_interval
from playbook_runtime.evidence.library import LIBRARY
from playbook_runtime.evidence.model import (
    GRADES,
    Beta,
    Evidence,
    Form,
    Multipliers,
    Normal,
    Scale,
)

_HEAD = """\
# Evidence library

*Made by `python -m playbook_runtime.evidence.reference` from `evidence/library.py`.*

What a message changes where the playbook says no `expect:`, and what `expect: ID` takes. A prior is
a judgement on how a finding carries over to another shop: wider than the study's own error, and
nearer to no effect. Intervals are 80%. Your own figures (`expect:`) win over all of them.
"""
_HEADLINE = """\
## What counts in the headline

Gains of grade D and "none" stay out of the headline; what they cost or harm stays in. A second line
of every projection, "with unproven effects", adds them. A prior that is centred on no effect is no
proven harm either, so it is out too. Own figures (`expect:` in the playbook) have the grade "own"
and count, and so does what an experiment of the shop has updated.
"""
_UPDATING = """\
## Your own experiments

`evidence:` in the playbook holds the shop's own experiments: how many customers were treated and
held back by chance, and how many of each bought. They update the effect that they name, wherever
the playbook rests on it; several on one effect count together. `playbook evidence PATH` shows what
came of it.

Belief and result are both taken as normal, so that they are averaged by their precision, 1 over the
squared standard error. With a belief (m, s) and a result (y, e):

    precision = 1/s^2 + 1/e^2
    updated   = (m/s^2 + y/e^2) / precision, standard error 1/sqrt(precision)

- Added orders: y is the difference of the two shares of buyers per 1,000 customers, with
  e = 1000 sqrt(P1 (1 - P1)/n1 + P0 (1 - P0)/n0).
- Factors: y is the log of the ratio of buying rates, ln(ln(1 - P1) / ln(1 - P0)), since a chance to
  buy P within a time means a rate of -ln(1 - P) over it; e^2 is P / ((1 - P) n ln(1 - P)^2), summed
  over both groups. A belief about a ratio of chances is turned into one about rates the same way.
- Where nobody bought in a group, or everybody did, 1/2 is added to each of the four cells.
- An effect is taken as even over its window and gone after it. Added orders that were counted over
  a part of the window are carried on to its end; a factor that was counted over more than it is
  freed of the days on which nothing was at work: 1 + (ratio - 1) times days counted / window.

An experiment counts buyers. It tells nothing of order values, redemption or repayment; write such
results where they are used, `expect: {basket: 1.0..1.1, evidence: ours}`. The updated effect has
the grade "own + A" where the library's was A, and "own" where there was no evidence before.

## Careful projections

A careful projection holds every effect at its worse quartile instead of drawing it: a gain at the
value that it exceeds with a chance of 75%, a cost or harm at the one that it stays below with that
chance. See the [decision](../decisions/0030-own-experiments-and-careful-effects.md).

## What else is taken from here

A member of loyalty programmes has one effect, `loyalty.member`, not one each for points, tiers and
membership: the studies are of programmes as they come, most of them with several of these. What is
left of the gain of a week's further messages (`email.frequency`) and the chance to unsubscribe hold
for every marketing message. Repayment (`repayment.best`, `repayment.others`) is taken where the
playbook says `repaid` or names it. A Beta of an effect is drawn as the logit-normal with the same
mean and variance of the logit; the chance to unsubscribe is drawn from its Beta.
"""


def page() -> str:
    """Return the page as Markdown."""
    grades = "".join(f"- **{grade}**: {words}\n" for grade, words in GRADES.items())
    numbers = [found for found in LIBRARY if found.prior is not None]
    rules = [found for found in LIBRARY if found.form is Form.CHECK]
    claims = [found for found in LIBRARY if found.claim_only]
    return "\n".join(
        (
            _HEAD,
            "## Grades\n",
            grades,
            _HEADLINE,
            _UPDATING,
            "## Effects\n",
            "| id | effect | prior | 80% interval | in the study | source | grade |",
            "|---|---|---|---|---|---|---|",
            *(_row(found) for found in numbers),
            "",
            "## Rules, not numbers\n",
            *(f"- `{one.id}`: {one.effect} ({one.source}, grade {one.grade})" for one in rules),
            "",
            "## Claims, quoted and never used as an effect\n",
            *(f'- `{one.id}`: "{one.effect}" ({one.source}, grade {one.grade})' for one in claims),
            "",
        )
    )


def prior_text(found: Evidence) -> str:
    """Return a prior in the notation of statistics: LogN(.45, .40), N(3, 2.5), Beta(8, 2)."""
    match found.prior:
        case Normal(mean, sd):
            name = {Scale.LOG: "LogN", Scale.LOGIT: "LogitN"}.get(found.form.scale, "N")
            return f"{name}({mean:.4g}, {sd:.4g})"
        case Beta(a, b):
            return f"Beta({a:g}, {b:g}), mean {a / (a + b):.3g}"
        case Multipliers(values, spread):
            return f"{', '.join(f'{value:g}' for value in values)}, each +-{spread:.0%}"
        case None:
            return ""


def interval_text(prior: EffectPrior) -> str:
    """Return the 80% interval as text: `x1.05..1.25`, `1.0..6.0 per 1,000`, `10%..30%`; one value
    where the author is sure."""
    low, _, high = prior.interval
    return _interval_text(prior.form, low, high)


def believed_text(found: Evidence) -> str:
    """Return the 80% interval of an entry of the library as text, as it is drawn."""
    low, _, high = drawn_interval(found)
    return _interval_text(found.form, low, high)


def _interval_text(form: Form, low: float, high: float) -> str:
    if form.scale is Scale.LOGIT:
        # An unsubscription rate needs more digits than a redemption.
        unit, digits = "%", 2 if high < 0.02 else 1 if low < 0.01 else 0
        low, high = 100 * low, 100 * high
    elif form in (Form.ADDED_ORDERS, Form.ELASTICITY):
        unit, digits = (" per 1,000" if form is Form.ADDED_ORDERS else ""), 1
    else:
        unit, digits = "", 2
    sign = "x" if form.scale is Scale.LOG else ""
    ends = [f"{round(end, digits) + 0.0:.{digits}f}" for end in (low, high)]
    if low == high:
        return f"{sign}{round(low, digits) + 0.0:g}{unit}"
    middle = f"{unit}.." if unit == "%" else ".."
    return f"{sign}{ends[0]}{middle}{ends[1]}{unit}"


def _row(found: Evidence) -> str:
    is_interval = isinstance(found.prior, Normal | Beta)
    interval = believed_text(found) if is_interval else ""
    cells = (
        f"`{found.id}`",
        f"{found.effect} (`{found.form}`)",
        prior_text(found),
        interval,
        found.in_sample,
        found.source,
        str(found.grade),
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
