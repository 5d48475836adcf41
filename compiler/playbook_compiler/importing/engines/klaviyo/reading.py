"""What is shared while one account is read: names, notes, the messages and offers of flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playbook_compiler.importing.engines.klaviyo.account import Account, text_of
from playbook_compiler.importing.engines.klaviyo.groups import Reading, said
from playbook_compiler.importing.engines.klaviyo.literals import Test, key_of
from playbook_compiler.importing.engines.klaviyo.vocabulary import Vocabulary
from playbook_compiler.importing.imported import Notes
from playbook_compiler.targets.klaviyo.profile_tests import consent_groups, custom
from playbook_compiler.targets.klaviyo.terms import HOLDOUT
from playbook_compiler.values import dataclass, field

_TEST_WORDS = {
    "profile-sample": "a random sample beside other conditions",
    "profile-region": "where the customer lives",
    "profile-postal-code-distance": "the distance to a postal code",
}


@dataclass(slots=True)
class Texts:
    """What a message says with one offer, or with none: an offer's id, empty for none."""

    channel: str
    kind: str
    subject: str
    preview: str
    body: str
    path: str


@dataclass(slots=True)
class Import:
    """One import while it runs. `messages` are texts by message and offer; `consents` are the
    filters that messages of a channel ask, each with a place."""

    account: Account
    words: Vocabulary
    notes: Notes
    reading: Reading
    quiet_end: str = ""
    currency: str = ""
    messages: dict[str, dict[str, Texts]] = field(default_factory=dict)
    by_template: dict[tuple[str, ...], str] = field(default_factory=dict)
    offers: dict[str, dict[str, Any]] = field(default_factory=dict)
    coupons: dict[str, str] = field(default_factory=dict)
    senders: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    consents: dict[str, dict[str, str]] = field(default_factory=dict)
    holdouts: dict[int, str] = field(default_factory=dict)
    capped: dict[bool, str] = field(default_factory=dict)

    def condition(
        self,
        groups: Sequence[Sequence[Test]],
        path: str,
        event: str | None,
        metric: str,
        *,
        opposite: bool = False,
    ) -> str | None:
        """Return groups as a condition; what stands for an unknown test is noted at its place."""
        reading = Reading(self.words, self.reading.shell, self.reading.ids, event, metric)
        found = said(groups, reading, opposite=opposite)
        tests = {self.words.stand_ins.get(key_of(test)): test for group in groups for test in group}
        standing = [
            (fact, test)
            for fact, test in tests.items()
            if fact is not None and found is not None and fact in found.text
        ]
        for fact, test in standing:
            self.note_stand_in(fact, test, path)
        if found is None:
            if not groups:
                return None
            fact = self.words.stand_in(f"filter:{path}")
            self.notes.left(
                path,
                "a filter",
                "the language cannot say it",
                f"`{fact}` stands for it: fill it in for each customer, or write the condition",
            )
            return fact
        if not found.exact and not standing:
            self.notes.changed(
                path,
                f"the filter `{found.text}`",
                "who has no value for what it asks may be treated otherwise",
                "compare it with the filter in Klaviyo",
            )
        return found.text

    def keep_sender(self, payload: Mapping[str, Any]) -> None:
        """Keep who sends a message."""
        mail, label = text_of(payload.get("from_email")), text_of(payload.get("from_label"))
        if mail and "${" not in mail:
            self.senders.append((mail, label))

    def note_stand_in(self, fact: str, test: Test, path: str) -> None:
        """Note a test that an own fact stands for."""
        kind = str(test.get("type"))
        what = _TEST_WORDS.get(kind, f"a condition of the type `{kind}`")
        self.notes.left(
            path,
            what,
            "the language has no such condition",
            f"`{fact}` stands for it: fill it in for each customer, or write another condition",
        )


def message_filters(found: Import, groups: list[list[Test]], channel: str, path: str) -> None:
    """Note what consent a message's own filter asks for; the rest of the filter is listed."""
    holdout = custom(HOLDOUT)  # a filter that the exporter writes into flows of both kinds
    rest = [group for group in groups if any(one.get("property") != holdout for one in group)]
    for rule in ("double-opt-in", "opt-in"):
        wanted = [list(group) for group in consent_groups(channel, rule)]
        if wanted and all(group in rest for group in wanted):
            found.consents.setdefault(channel, {}).setdefault(rule, path)
            rest = [group for group in rest if group not in wanted]
            break
    else:
        found.consents.setdefault(channel, {}).setdefault("", path)
    if rest:
        found.notes.left(
            path,
            "the message's own filter",
            "a message has no filter of its own here",
            "put the step into an `if`",
        )
