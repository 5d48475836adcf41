"""Klaviyo's actions as steps to be: what the exporter spread over several is one again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from playbook_compiler.importing.engines.klaviyo.deeds import call_of, task_of, update_of
from playbook_compiler.importing.engines.klaviyo.graph import Actions, only_test
from playbook_compiler.importing.engines.klaviyo.groups import groups_of
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.engines.klaviyo.sends import CHANNELS, message_of
from playbook_compiler.importing.engines.klaviyo.several import ladder_of, rotation_of
from playbook_compiler.importing.engines.klaviyo.splits import shares_of, variant_names
from playbook_compiler.importing.engines.klaviyo.times import clock, delay_of, hour_after, weekday
from playbook_compiler.importing.engines.klaviyo.vocabulary import duration
from playbook_compiler.importing.names import id_of, is_id
from playbook_compiler.importing.structure import NOTHING, Block, Way
from playbook_compiler.printing_yaml import Bare, Written
from playbook_compiler.targets.klaviyo import profile_tests as tests
from playbook_compiler.units import Share, parse_duration
from playbook_compiler.values import dataclass, field

_TITLES: Final = {
    "send-whatsapp": "a WhatsApp message",
    "back-in-stock-delay": "a wait until goods are back in stock",
    "countdown-delay": "a wait until some days before a date",
    "code": "code of your own",
    "internal-service": "a deed of Klaviyo's own services",
}


@dataclass(slots=True)
class Blocks:
    """The steps to be of one flow, by the id of the action that begins each."""

    found: Import
    actions: Actions
    flow: str
    event: str | None
    metric: str
    made: dict[str, Block] = field(default_factory=dict)
    splits: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def make(self, entry: str | None) -> None:
        """Make every block that can be reached from an action."""
        waiting = [entry]
        while waiting:
            id_ = waiting.pop()
            if id_ is None or id_ in self.made:
                continue
            before = len(self.made)
            self.made[id_] = self.block(id_)
            for made in [*self.made.values()][before:]:  # some actions become several steps
                waiting += [way.target for way in made.ways]

    def path(self, id_: str) -> str:
        return self.actions.paths[id_]

    def condition(self, filter_: Any, path: str) -> str | None:
        return self.found.condition(groups_of(filter_), path, self.event, self.metric)

    def block(self, id_: str) -> Block:
        """Return the step that an action begins."""
        self.used.add(id_)
        makers: Mapping[str, Callable[[str], Block]] = {
            "time-delay": self.delay,
            "target-date": self.until,
            "conditional-split": self.fork,
            "trigger-split": self.fork,
            "multi-branch-split": self.branch,
            "ab-test": self.test,
            **dict.fromkeys(CHANNELS, self.send),
            "update-profile": self.update,
            "send-internal-alert": self.task,
            "send-webhook": self.call,
        }
        maker = makers.get(self.actions.kind(id_))
        return maker(id_) if maker is not None else self.unknown(id_)

    # Waits

    def delay(self, id_: str) -> Block:
        data, after = self.actions.data(id_), self.actions.next(id_)
        length = delay_of(data)
        if length is None:
            return self.left(id_, "a wait", "its length cannot be read")
        waited = self.waited_for(id_, length, after)
        if waited is not None:
            return waited
        until, days = clock(data.get("delay_until_time")), data.get("delay_until_weekdays")
        held = until and until == self.found.quiet_end and length.endswith("d")
        if isinstance(days, list) and 0 < len(days) < 7:
            said = ", ".join(str(one) for one in days)
            why = f"a wait has no list of weekdays ({said})"
            self.found.notes.changed(self.path(id_), "a wait", why, "wait until one weekday")
        if until and not held:
            second = f"{id_}~until"
            self.made[second] = Block("wait", _wait({"until": Bare(until)}), (Way("", after),))
            after = second
        return Block("wait", {"wait": Bare(length)}, (Way("", after),), id_)

    def waited_for(self, id_: str, length: str, after: str | None) -> Block | None:
        """Return the wait for an event that a delay and the split after it are."""
        if after is None or self.actions.before[after] > 1:
            return None
        if self.actions.kind(after) != "conditional-split":
            return None
        test = only_test(groups_of(self.actions.data(after).get("profile_filter")))
        if test is None or test.get("type") != "profile-metric" or test.get("metric_filters"):
            return None
        once = {"type": "numeric", "operator": "greater-than-or-equal", "value": 1}
        if test.get("measurement") != "count" or test.get("measurement_filter") != once:
            return None
        frame = test.get("timeframe_filter")
        since_start = frame == tests.SINCE_FLOW_START
        if after != f"{id_}~happened" and not since_start:
            return None
        if not since_start and not _is_as_long(frame, length):
            return None
        event = self.found.words.event(self.found.words.metric(test.get("metric_id")))
        if not event:
            return None
        if not self.found.account.ours:
            self.found.notes.changed(
                self.path(after),
                f"the wait for `{event}`",
                "here it ends as soon as the event comes",
                "write `wait` and `if` where all should wait as long",
            )
        data: dict[str, Any] = _wait({"until": event, "at_most": Bare(length)})
        if since_start:
            data["since"] = "entry"
        self.used.add(after)
        ways = (
            Way("happened", self.actions.link(after, "next_if_true")),
            Way("timed_out", self.actions.link(after, "next_if_false")),
        )
        return Block("wait", data, ways, id_)

    def until(self, id_: str) -> Block:
        data, after = self.actions.data(id_), self.actions.next(id_)
        time = clock(data.get("target_time")) or "00:00"
        if (
            id_.endswith("~at")
            and after is not None
            and self.actions.kind(after) in (*CHANNELS, "multi-branch-split")
        ):
            block = self.block(after)
            if block.kind == "send":
                self.found.notes.assumed(
                    self.path(id_),
                    f"the end of the window from {time}",
                    "Klaviyo only knows when it begins",
                    "write the hour at which it should close",
                )
                window = Bare(f"{time}-{hour_after(time)}")
                return Block("send", {**block.data, "at": window}, block.ways, block.wanted)
        days = [weekday(one) for one in data.get("target_days") or () if weekday(one)]
        if len(days) > 1:
            self.found.notes.changed(
                self.path(id_),
                f"the wait until {', '.join(days)}",
                "a wait is for one weekday",
                f"it waits for {days[0]}; choose another one",
            )
        moment = f"{days[0]} at {time}" if days else time
        return Block("wait", _wait({"until": Bare(moment)}), (Way("", after),), id_)

    # Forks

    def fork(self, id_: str) -> Block:
        data = self.actions.data(id_)
        filter_ = data.get("profile_filter") or data.get("trigger_filter")
        yes, no = (self.actions.link(id_, f"next_if_{word}") for word in ("true", "false"))
        groups = groups_of(filter_)
        test = only_test(groups)
        if test is not None and test.get("type") == "profile-sample":
            return self.split(id_)
        if not groups:
            if no is not None and no != yes:
                self.found.notes.left(
                    self.path(id_), "the way `no` of a split", "its filter is empty: all take `yes`"
                )
            return Block(NOTHING, {}, (Way("", yes),))
        condition = self.condition(filter_, self.path(id_)) or self.stand_in(id_)
        return Block("if", {"if": condition}, (Way("then", yes), Way("else", no)), id_)

    def stand_in(self, id_: str) -> str:
        """Return the fact that stands for a fork which the language has no words for."""
        fact = self.found.words.stand_in(f"fork:{self.flow}:{id_}")
        self.found.notes.left(
            self.path(id_),
            f"what the fork `{self.actions.kind(id_)}` asks",
            "the language has no such condition",
            f"`{fact}` stands for it: fill it in for each customer, or write another condition",
        )
        return fact

    def split(self, id_: str) -> Block:
        """Return a split by chance: samples one after the other, each of what is left."""
        percents: list[int] = []
        targets: list[str | None] = []
        place: str | None = id_
        while place is not None:
            test = only_test(groups_of(self.actions.data(place).get("profile_filter")))
            percent = test.get("percentage") if test is not None else None
            chained = place == id_ or (
                self.actions.before[place] == 1
                and (not self.found.account.ours or place == f"{id_}~{len(percents) + 1}")
            )
            is_sample = self.actions.kind(place) == "conditional-split" and _is_percent(percent)
            if not is_sample or not chained or test is None or test.get("type") != "profile-sample":
                break
            assert isinstance(percent, int)
            self.used.add(place)
            percents.append(percent)
            targets.append(self.actions.link(place, "next_if_true"))
            place = self.actions.link(place, "next_if_false")
        if not percents:
            return self.left(id_, "a random sample", "its share is no whole percent from 1 to 99")
        targets.append(place)
        return self.arms(id_, targets, shares_of(percents))

    def arms(self, id_: str, targets: list[str | None], shares: list[Decimal]) -> Block:
        own = id_.rpartition(".")[2]
        name = id_of(own if is_id(own) else "split", "split", self.splits)
        self.splits.add(name)
        names = variant_names(id_, [self.actions.after(target) for target in targets])
        variants: dict[str, Written] = {
            arm: {"share": Bare(str(Share(share)))}
            for arm, share in zip(names, shares, strict=True)
        }
        ways = tuple(Way(arm, target) for arm, target in zip(names, targets, strict=True))
        return Block("split", {"split": name, "variants": variants}, ways, id_)

    def branch(self, id_: str) -> Block:
        rotated = rotation_of(self, id_)
        if rotated is not None:
            return rotated
        cases: list[dict[str, Any]] = []
        ways: list[Way] = []
        otherwise: str | None = None
        for number, (one, target) in enumerate(self.actions.branches(id_)):
            place = f"{self.path(id_)}/data/branches/{number}"
            if one.get("is_else") is True:
                otherwise = target
                continue
            condition = self.condition(one.get("branch_filter"), place)
            if condition is None:
                self.found.notes.left(place, "a way of a split", "its filter is empty or unknown")
                continue
            cases.append({"if": condition})
            ways.append(Way(f"case-{len(cases)}", target))
        if not cases:
            return Block(NOTHING, {}, (Way("", otherwise),))
        if len(cases) == 1:
            both = (Way("then", ways[0].target), Way("else", otherwise))
            return Block("if", {"if": cases[0]["if"]}, both, id_)
        return Block("branch", {"branch": [*cases]}, (*ways, Way("else", otherwise)), id_)

    def test(self, id_: str) -> Block:
        """Return an A/B test as a split with an arm for each of its messages."""
        data = self.actions.data(id_)
        experiment = data.get("current_experiment")
        listed = experiment.get("variations") if isinstance(experiment, dict) else None
        sends = [data.get("main_action"), *(listed if isinstance(listed, list) else ())]
        sends = [one for one in sends if isinstance(one, dict) and one.get("type") in CHANNELS]
        after = self.actions.next(id_)
        targets: list[str | None] = []
        for number, one in enumerate(sends, 1):
            place = f"{self.path(id_)}/data/variations/{number}"
            arm = f"{id_}~arm-{number}"
            self.made[arm] = self.sent(one, place, after, "")
            targets.append(arm)
        if len(targets) < 2:
            return self.left(id_, "an A/B test", "its messages are not in the input")
        self.found.notes.changed(
            self.path(id_),
            "an A/B test",
            "Klaviyo sends the better message to all from some day on, a split does not",
            "name the metric that decides under `experiment:`",
        )
        even = Decimal(100 // len(targets)) / 100
        shares = [1 - even * (len(targets) - 1), *[even] * (len(targets) - 1)]
        return self.arms(id_, targets, shares)

    # Deeds

    def send(self, id_: str) -> Block:
        climbed = ladder_of(self, id_)
        return climbed or self.sent(
            self.actions.by_id[id_], self.path(id_), self.actions.next(id_), id_
        )

    def sent(self, action: dict[str, Any], path: str, after: str | None, wanted: str) -> Block:
        message, offer = message_of(self.found, action, path, self.event or "")
        data: dict[str, Any] = {"send": message}
        if offer:
            data["offer"] = offer
        return Block("send", data, (Way("", after),), wanted)

    def update(self, id_: str) -> Block:
        steps = update_of(self.found, self.actions.data(id_), self.path(id_))
        return self.row(id_, steps)

    def task(self, id_: str) -> Block:
        return self.row(id_, [task_of(self.found, self.actions.data(id_), self.path(id_))])

    def call(self, id_: str) -> Block:
        steps = call_of(self.found, self.actions.data(id_), self.path(id_), self.event or "")
        return self.row(id_, steps)

    def row(self, id_: str, steps: list[tuple[str, dict[str, Any]]]) -> Block:
        """Return steps one after the other, the first of which has the action's id."""
        after = self.actions.next(id_)
        if not steps:
            return Block(NOTHING, {}, (Way("", after),))
        for number in range(len(steps), 1, -1):
            kind, data = steps[number - 1]
            place = f"{id_}~step-{number}"
            self.made[place] = Block(kind, data, (Way("", after),))
            after = place
        kind, data = steps[0]
        return Block(kind, data, (Way("", after),), id_)

    def unknown(self, id_: str) -> Block:
        kind = self.actions.kind(id_)
        yes, no = (self.actions.link(id_, f"next_if_{word}") for word in ("true", "false"))
        if yes is not None or no is not None:
            return Block("if", {"if": self.stand_in(id_)}, (Way("then", yes), Way("else", no)), id_)
        return self.left(
            id_,
            _TITLES.get(kind, f"an action of the type `{kind}`"),
            "the language has no such step",
        )

    def left(self, id_: str, what: str, why: str) -> Block:
        """Note an action that is no step, and go on after it."""
        self.found.notes.left(self.path(id_), what, why, "the flow goes on without it")
        after = self.actions.next(id_) or self.actions.link(id_, "next_if_false")
        return Block(NOTHING, {}, (Way("", after),))


def _wait(what: dict[str, Any]) -> dict[str, Any]:
    return {"wait": what}


def _is_percent(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 100


def _is_as_long(frame: Any, length: str) -> bool:
    """Return whether a timeframe reaches back as far as a delay: the exporter adds to it the waits
    since the action before."""
    waited, told = parse_duration(length), duration(frame)
    counted = parse_duration(told) if told is not None else ""
    if isinstance(waited, str) or isinstance(counted, str):
        return False
    return counted.nominal_days >= waited.nominal_days
