"""What a record has to be beside what its keys say: one benefit, shares of 100%, keys that go
together. Each rule makes a mapping by chance into one that can be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from playbook_compiler.changes import Gift, OutsideAudience
from playbook_compiler.checklists import ChecklistItem
from playbook_compiler.experiments import ShopExperiment
from playbook_compiler.model import BENEFITS, BudgetSplit, Economics, Entry, Existing, Offer
from playbook_compiler.programmes import BENEFITS as REWARDS
from playbook_compiler.programmes import Earn, Redeem, Referral, Reward
from playbook_compiler.records import Record
from playbook_compiler.rights import FORMS, Right
from playbook_compiler.steps import Exit, Send, Split, Wait
from playbook_compiler.triggers import DateTrigger, EventTrigger

Said = dict[str, Any]


class Maker(Protocol):
    """What a rule needs of the playbook that is being made."""

    chance: Any
    known: Any
    declared: Mapping[str, Any]

    def key(self, record: type[Record], name: str, kind: Any) -> Any: ...


def _one_of(maker: Maker, said: Said, names: tuple[str, ...], default: Said) -> Said:
    """Keep one of some keys, or take the default."""
    given = [name for name in names if name in said and said[name] not in (False, [])]
    kept = maker.chance.choice(given) if given else None
    rest = {name: value for name, value in said.items() if name not in names}
    return {kept: said[kept], **rest} if kept is not None else {**default, **rest}


def _offer(maker: Maker, said: Said) -> Said:
    return _one_of(maker, said, BENEFITS, {"percent_off": "10%"})


def _reward(maker: Maker, said: Said) -> Said:
    one = _one_of(maker, said, REWARDS, {"free_shipping": True})
    return one if "gift" in one else {name: one[name] for name in one if name != "cost"}


def _redeem(maker: Maker, said: Said) -> Said:
    reward = said["for"]
    if isinstance(reward, dict) and "points" in reward:
        reward["free_shipping"] = bool(reward.pop("points"))
    return said


def _gift(maker: Maker, said: Said) -> Said:
    return _one_of(maker, said, ("offer", "points", "credit"), {"points": 100})


def _list(maker: Maker, said: Said) -> Said:
    one = _one_of(maker, said, ("add", "remove"), {"add": "ads-all"})
    return {"remove": one["remove"]} if "remove" in one else one


def _right(maker: Maker, said: Said) -> Said:
    return _one_of(maker, said, FORMS, {"right": "early-access"})


def _halves(maker: Maker, said: Said) -> Said:
    share = maker.chance.randint(0, 100)
    return {"acquisition": f"{share}%", "retention": f"{100 - share}%"}


def _entry(maker: Maker, said: Said) -> Said:
    return _one_of(maker, said, ("again_after", "may"), {"may": "always"})


def _existing(maker: Maker, said: Said) -> Said:
    return said or {"rule": "skip"}


def _send(maker: Maker, said: Said) -> Said:
    ladder = isinstance(said["send"], list) and len(said["send"]) > 1
    return said if ladder else {name: said[name] for name in said if name != "reached"}


def _wait(maker: Maker, said: Said) -> Said:
    if isinstance(said["wait"], dict) and "at_most" in said["wait"]:
        return said
    return {name: said[name] for name in said if name not in ("since", "happened", "timed_out")}


def _split(maker: Maker, said: Said) -> Said:
    rest = 1000
    *first, last = said["variants"].values()
    for arm in first:
        part = maker.chance.randint(0, rest)
        rest -= part
        arm["share"] = f"{part / 10:g}%"
    last["share"] = f"{rest / 10:g}%"
    return said


def _exit(maker: Maker, said: Said) -> Said:
    return {**said, "exit": said.get("exit") or "done"}


def _event(maker: Maker, said: Said) -> Said:
    counted = {name: said[name] for name in said if name not in ("at_least", "within")}
    if "at_least" in said and "within" in said:
        return {**counted, "at_least": maker.chance.randint(2, 9), "within": said["within"]}
    return counted


def _date(maker: Maker, said: Said) -> Said:
    drop = maker.chance.choice(("before", "after"))
    return {name: said[name] for name in said if name != drop}


def _earn(maker: Maker, said: Said) -> Said:
    event = maker.known.catalogue.events[said["event"]]
    if event.field("order.total") is None and isinstance(said["points"], str):
        return {**said, "points": 50}
    return said


def _referral(maker: Maker, said: Said) -> Said:
    return said if {"referrer", "newcomer"} & set(said) else {**said, "referrer": {"points": 300}}


def _item(maker: Maker, said: Said) -> Said:
    return said if {"done_by", "owner"} & set(said) else {**said, "owner": "shop"}


def _experiment(maker: Maker, said: Said) -> Said:
    for arm in (said["control"], said["treated"]):
        arm["buyers"], arm["customers"] = sorted((arm["buyers"], arm["customers"]))
    return said


def _economics(maker: Maker, said: Said) -> Said:
    margins = said["gross_margin"]
    products = maker.declared.get("products", {}).values()
    categories = {one["category"] for one in products if "category" in one}
    if isinstance(margins, dict) and categories:
        said["gross_margin"] = {
            name: margins[name] for name in margins if name in {"default", *categories}
        }
    return said


RULES: Mapping[type[Record], Callable[[Any, Said], Said]] = {
    Offer: _offer,
    Reward: _reward,
    Redeem: _redeem,
    Gift: _gift,
    OutsideAudience: _list,
    Right: _right,
    BudgetSplit: _halves,
    Entry: _entry,
    Existing: _existing,
    Send: _send,
    Wait: _wait,
    Split: _split,
    Exit: _exit,
    EventTrigger: _event,
    DateTrigger: _date,
    Earn: _earn,
    Referral: _referral,
    ChecklistItem: _item,
    ShopExperiment: _experiment,
    Economics: _economics,
}
