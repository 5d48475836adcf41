"""A Klaviyo account as a playbook, in the order in which names have to be known."""

from __future__ import annotations

from typing import Any

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.facts import IdKind
from playbook_compiler.importing.engines.klaviyo.account import (
    Account,
    Thing,
    read_account,
    text_of,
)
from playbook_compiler.importing.engines.klaviyo.blocks import Blocks
from playbook_compiler.importing.engines.klaviyo.graph import Actions, actions_of
from playbook_compiler.importing.engines.klaviyo.groups import Reading
from playbook_compiler.importing.engines.klaviyo.head import head_of, inactivity
from playbook_compiler.importing.engines.klaviyo.reading import Import
from playbook_compiler.importing.engines.klaviyo.scan import quiet_end, scan
from playbook_compiler.importing.engines.klaviyo.sections import audience_data, sections_of
from playbook_compiler.importing.engines.klaviyo.vocabulary import Vocabulary, tests_in
from playbook_compiler.importing.finishing import Tree, finished
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Answers, Imported, Notes
from playbook_compiler.importing.names import id_of
from playbook_compiler.importing.shell import shell_of
from playbook_compiler.importing.structure import Tangled, structured
from playbook_compiler.values import dataclass


@dataclass(frozen=True, slots=True)
class KlaviyoImporter:
    """Klaviyo's flows, segments, templates and coupons, from its API or from our export."""

    name: str = "klaviyo"
    title: str = "Klaviyo"
    takes: str = "a JSON file of answers of its API, or the folder of an export"
    suffixes: tuple[str, ...] = (".json",)

    def read(self, given: Given, answers: Answers) -> tuple[Imported | None, list[Diagnostic]]:
        """Return the playbook, or located findings where the input cannot be read."""
        account, findings = read_account(given, answers.lookups)
        if account is None:
            return None, findings
        title, flows = _titles(account)
        words = Vocabulary(account)
        notes = Notes()
        words.audiences.update(_audiences(account, words, title))
        scan(account, words, flows)
        shell = shell_of(
            words.types(words.facts),
            {name: words.types(fields) for name, fields in words.events.items()},
            words.audiences.values(),
        )
        ids = {
            IdKind.AUDIENCE: frozenset(words.audiences.values()),
            IdKind.FLOW: frozenset(flows.values()),
        }
        found = Import(account, words, notes, Reading(words, shell, ids), quiet_end(account))
        audiences = audience_data(found)
        trees: dict[str, Tree] = {}
        for key, thing in account.of("flow").items():
            tree = _flow(found, thing, flows[key], title)
            if tree is not None:
                trees[flows[key]] = tree
        data, paths = sections_of(
            found, title or "imported from Klaviyo", audiences, trees, answers
        )
        return finished(self.name, data, trees, paths, notes), []


def _titles(account: Account) -> tuple[str, dict[str, str]]:
    """Return the playbook's name, and the flows' ids by key: what all titles begin with is its."""
    titles = [thing.title for thing in account.of("flow").values()]
    title = account.playbook
    heads = {one.partition(": ")[0] for one in titles}
    if not title and len(heads) == 1 and all(": " in one for one in titles):
        title = heads.pop()
    found: dict[str, str] = {}
    for key, thing in account.of("flow").items():
        name = thing.own or thing.title.removeprefix(f"{title}: ") or "flow"
        found[key] = id_of(name, "flow", found.values())
    return title, found


def _audiences(account: Account, words: Vocabulary, title: str) -> dict[str, str]:
    """Return the audiences' ids by the key of their segment, without those of inactivity alone."""
    asked = {
        str(group)
        for _, test in tests_in(
            [thing.attributes for kind in account.things.values() for thing in kind.values()]
        )
        for group in _listed(test.get("group_ids"))
    }
    found: dict[str, str] = {}
    probe = Import(account, words, Notes(), Reading(words, shell_of({}, {}, ()), {}))
    for key, thing in account.of("segment").items():
        if key in asked or inactivity(probe, thing) is None:
            name = thing.own or thing.title.removeprefix(f"{title}: ") or "audience"
            found[key] = id_of(name, "audience", found.values())
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _flow(found: Import, thing: Thing, name: str, title: str) -> Tree | None:
    """Return one flow, None where it is left out."""
    notes, words = found.notes, found.words
    definition = thing.attributes.get("definition")
    if not isinstance(definition, dict):
        notes.left(
            thing.path,
            f"the flow `{thing.title}`",
            "the answer has no definition",
            "ask for it: GET /api/flows/ID?additional-fields[flow]=definition",
        )
        return None
    words.flow = name
    path = f"{thing.path}/definition"
    actions = actions_of(definition, path, notes)
    head = head_of(found, thing, definition, actions)
    blocks = Blocks(found, actions, name, head.event, head.metric)
    blocks.make(head.entry)
    try:
        made = structured(blocks.made, head.entry)
    except Tangled as problem:
        notes.left(path, f"the flow `{thing.title}`", str(problem), "write it by hand")
        return None
    for repeated in made.repeated:
        notes.changed(
            actions.paths.get(repeated, path),
            f"the step `{repeated}`",
            "ways that cross cannot be written: it stands in the playbook once for each",
            "see whether one of them is enough",
        )
    _unreached(found, actions, blocks)
    data: dict[str, Any] = {}
    if not thing.own and id_of(thing.title, "flow") != thing.title and thing.title:
        data["about"] = " ".join(thing.title.split())[:1_000]
    if (
        text_of(thing.attributes.get("status")) not in ("", "live")
        or thing.attributes.get("archived") is True
    ):
        data["enabled"] = False
    return Tree({**data, **head.data}, made.steps, thing.path)


def _unreached(found: Import, actions: Actions, blocks: Blocks) -> None:
    for id_ in actions.by_id:
        own = id_.startswith("trigger~")
        if id_ not in blocks.used and not own and not _belongs_to_holdout(actions, id_):
            found.notes.left(
                actions.paths[id_],
                f"the action `{id_}`",
                "no way leads to it",
                "see the flow in Klaviyo",
            )


def _belongs_to_holdout(actions: Actions, id_: str) -> bool:
    return "playbook_holdout" in str(actions.by_id[id_]) or actions.kind(id_) == ""


IMPORTER = KlaviyoImporter()
