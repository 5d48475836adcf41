"""`evidence:` the shop's own experiments, which update the priors of the evidence library."""

from __future__ import annotations

from typing import Final

from playbook_compiler.effects import DEFAULT_WINDOW
from playbook_compiler.kinds import Integer, MapOf, Text
from playbook_compiler.records import Record, RecordOf, key
from playbook_compiler.units import Duration
from playbook_compiler.values import dataclass
from playbook_compiler.vocabulary import DURATION, TEXT

PEOPLE_MOST: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm(Record):
    """One arm of an experiment: how many were in it, and how many of them bought."""

    customers: int = key(Integer(1, PEOPLE_MOST), "How many customers were in it.")
    buyers: int = key(Integer(0, PEOPLE_MOST), "How many of them bought in the time.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopExperiment(Record):
    """An experiment of the shop with a control group chosen by chance."""

    id: str
    effect: str = key(Text("an evidence id such as email.lapsed"), "The effect it measured.")
    control: Arm = key(RecordOf(Arm, "the control group"), "Those who got nothing.")
    treated: Arm = key(RecordOf(Arm, "the treated group"), "Those who got the message.")
    within: Duration = key(
        DURATION, "The time in which buyers were counted.", default=DEFAULT_WINDOW
    )
    source: str = key(TEXT, "Where it is written down.", default="")


EXPERIMENTS: Final = MapOf(RecordOf(ShopExperiment, "an experiment"), noun="experiment")
