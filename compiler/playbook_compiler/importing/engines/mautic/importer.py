"""A Mautic archive as a playbook."""

from __future__ import annotations

from collections.abc import Sequence

from playbook_compiler.diagnostics import Diagnostic
from playbook_compiler.importing.engines.mautic.archive import read_entities
from playbook_compiler.importing.engines.mautic.campaign import Campaign
from playbook_compiler.importing.engines.mautic.choosing import Choosing
from playbook_compiler.importing.engines.mautic.conditions import Asking
from playbook_compiler.importing.engines.mautic.deeds import Acting
from playbook_compiler.importing.engines.mautic.filters import told
from playbook_compiler.importing.engines.mautic.foreign import note_foreign
from playbook_compiler.importing.engines.mautic.mails import title_of
from playbook_compiler.importing.engines.mautic.noted import Noted, joined, noted
from playbook_compiler.importing.engines.mautic.reading import (
    Reading,
    Row,
    head_of,
    key_of,
    listed,
    reading_of,
)
from playbook_compiler.importing.engines.mautic.sections import sections_of
from playbook_compiler.importing.engines.mautic.starts import own_id, sources_of, start_of
from playbook_compiler.importing.finishing import Tree, finished
from playbook_compiler.importing.given import Given
from playbook_compiler.importing.imported import Answers, Data, Imported
from playbook_compiler.importing.names import id_of
from playbook_compiler.importing.structure import Tangled, structured
from playbook_compiler.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class MauticImporter:
    """Mautic's campaigns and e-mails, from the ZIP that it exports or from our export."""

    name: str = "mautic"
    title: str = "Mautic"
    takes: str = "the ZIP of an exported campaign"
    suffixes: tuple[str, ...] = (".zip", ".json")

    def read(self, given: Given, answers: Answers) -> tuple[Imported | None, list[Diagnostic]]:
        """Return the playbook, or located findings where the input cannot be read."""
        campaigns, findings = read_entities(given)
        if campaigns is None:
            return None, findings
        return playbook_of(campaigns, answers), []


def playbook_of(campaigns: Sequence[Row], answers: Answers) -> Imported:
    """Return campaigns as a playbook."""
    known = noted(campaigns)
    reading = reading_of(campaigns)
    reading.known = {**known.texts, **known.messages}
    reading.same = _same(campaigns, known)
    flows, name = _named(campaigns, known)
    for number, data in enumerate(campaigns):
        for row in sources_of(data):
            reading.flows.setdefault(key_of(row), flows[number])
    trees: dict[str, Tree] = {}
    for number, data in enumerate(campaigns):
        if number in known.flows:
            sent = {str(told(one).get("email")) for one in listed(data, "campaign_event")}
            note_foreign(reading.notes, data, f"/{number}", sent)
            continue
        stale = known.stale.get(number)
        if stale is not None:
            reading.notes.changed(
                f"/{number}", f"the campaign `{head_of(data).get('name')}`", stale.why,
                "its steps are read as they stand in Mautic: compare them",
            )  # fmt: skip
        tree = _flow(reading, data, flows[number], f"/{number}")
        if tree is not None:
            if stale is None and own_id(head_of(data)) and tree.head["entry"] == "once":
                reading.notes.assumed(
                    f"/{number}", f"`entry: once` of the flow `{flows[number]}`",
                    "our export keeps how often customers enter in a note, which is gone",
                    "write `entry` as it was",
                )  # fmt: skip
            unseen = stale.unseen if stale is not None else {}
            trees[flows[number]] = replace(tree, head={**tree.head, **unseen})
    settings = {"name": name or "imported from Mautic", **known.settings}
    sections, paths = sections_of(reading, trees, settings, known.offers, answers)
    steps = str(trees)
    texts: Data = {name: dict(one) for name, one in known.texts.items() if f"'{name}'" in steps}
    # The user's word on these counts more than the notes'.
    settled: Data = {key: sections[key] for key in ("currency", "timezone")}
    whole = joined((settled, known.sections, sections, {"messages": texts}, known.declared))
    return finished("mautic", whole, trees, paths, reading.notes)


def _named(campaigns: Sequence[Row], known: Noted) -> tuple[dict[int, str], str]:
    """Return the flow of each campaign by its number, and what the names of all campaigns of an
    export begin with: the playbook's."""
    flows = dict(known.flows)
    heads = set()
    for number, data in enumerate(campaigns):
        head = head_of(data)
        title, own = str(head.get("name") or "campaign"), own_id(head)
        heads.add(title.removesuffix(f": {own}") if own and title.endswith(f": {own}") else "")
        if number not in flows:
            flows[number] = id_of(own or title, "flow", flows.values())
    return flows, heads.pop() if len(heads) == 1 else ""


def _same(campaigns: Sequence[Row], known: Noted) -> dict[str, Row]:
    """Return the e-mails whose messages are known in their own words, by title."""
    return {
        title_of(one): one
        for number in known.flows
        for one in listed(campaigns[number], "email")
        if title_of(one).partition("+")[0] in known.messages
    }


def _flow(reading: Reading, data: Row, flow: str, path: str) -> Tree | None:
    """Return one campaign as a flow; None, noted, where it cannot be written as steps."""
    head, notes = head_of(data), reading.notes
    title = str(head.get("name") or "campaign")
    start = start_of(reading, data, flow, path)
    asking = Asking(reading, flow, start.event)
    acting = Acting(reading, data, flow, frozenset(map(key_of, sources_of(data))))
    campaign = Campaign(reading, data, path, acting, own_id(head))
    first = campaign.read()
    note_foreign(notes, data, path, acting.sent)
    choosing = Choosing(reading, asking, campaign.ways, start.where)
    choosing.read(first)
    try:
        made = structured(campaign.ways.blocks, first)
    except Tangled as problem:
        notes.left(path, f"the campaign `{title}`", str(problem), "write it by hand")
        return None
    for repeated in made.repeated:
        notes.changed(
            campaign.paths.get(repeated.partition("~")[0], path), "a step where ways cross",
            "ways that cross cannot be written: it stands in the playbook once for each",
            "see whether one of them is enough",
        )  # fmt: skip
    keys: Data = {} if own_id(head) else {"about": title[:1_000]}
    # Whatever comes out of our export is a draft until somebody publishes it.
    if not own_id(head) and head.get("is_published") in (False, 0, "0"):
        keys["enabled"] = False
    keys["trigger"] = start.trigger
    audience = asking.both(start.audience, choosing.audience)
    if audience:
        keys["audience"] = audience
    again = head.get("allow_restart") in (True, 1)
    keys["entry"] = "always" if again else "once"
    keys["exit_on"] = [*start.exits]
    if choosing.exit_when:
        keys["exit_when"] = choosing.exit_when
    return Tree(keys, made.steps, path)


IMPORTER = MauticImporter()
