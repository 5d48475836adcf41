"""There and back by way of Dittofeed: an export that is imported and exported again is the same.

`python -m tests.compiler.importing.test_dittofeed_round_trip FIRST COUNT` tries more playbooks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from tests.compiler.importing.exact_playbooks import DITTOFEED, exact_playbook, valid_seeds
from tests.compiler.importing.klaviyo_imports import (
    BERLIN,
    ROOT,
    SHIPPED,
    checked,
    digest_of_part,
    graph_of,
    part_of,
    payloads,
    written,
)

from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.dittofeed import IMPORTER
from playbook_compiler.importing.given import Given
from playbook_compiler.targets.dittofeed import TARGET

SEEDS = 10
EXPORTS = ROOT / "tests" / "cases" / "export" / "dittofeed"
# What differs after a round trip. `hello`, `stock`: the footer stands in the text then; `ship`:
# a shared code stands in the text, the offer is lost. No step comes back of grants, suppressions
# and messages of channels that Dittofeed does not have; an expiry of points, a tier and points
# become events and audiences of the shop's own, and flows whose steps or conditions name these
# differ with them.
DIFFERENT = {
    "growth": (),
    "everything": (
        "journeys/points-end.json",
        "journeys/regular.json",
        "journeys/rich.json",
        "journeys/risen.json",
        "journeys/thank-you.json",
        "journeys/win-back.json",
        "templates/hello.json",
        "templates/ship+shared.json",
        "templates/ship-shared.json",
        "templates/stock.json",
    ),
}
# Payloads of journeys and mails; segments and webhooks go with the steps that they belong to.
KINDS = ("journeys/", "templates/")
WEBHOOKS = ("templates/card.json", "templates/regular~", "templates/thank-you~")


def exported(graph: TriggerGraph) -> ExportBundle:
    bundle, findings = TARGET.export(graph, allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    return bundle


def imported(bundle: ExportBundle, folder: Path) -> TriggerGraph:
    """Return the graph of what is imported from an export."""
    files = {name: raw for name, raw in bundle.files.items() if name.endswith(".json")}
    found, findings = IMPORTER.read(Given("export", files), BERLIN)
    assert found is not None, [one.message for one in findings]
    graph = checked(written(found, folder)).graph
    assert graph is not None
    return graph


def problems(seed: int, folder: Path) -> list[str]:
    """Return how the import of a generated playbook's export differs from the playbook."""
    made = folder / "made.yaml"
    data = exact_playbook(seed, DITTOFEED)
    made.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    graph = graph_of(made)
    first = exported(graph)
    back = imported(first, folder / "imported")
    found = []
    if digest_of_part(graph) != digest_of_part(back):
        one, other = part_of(graph), part_of(back)
        found += [f"{name} of seed {seed}" for name in one if one[name] != other[name]]
    before, again = payloads(first), payloads(exported(back))
    found += [
        f"{name} of seed {seed}"
        for name in sorted({*before, *again})
        if before.get(name) != again.get(name)
    ]
    return found


def test_what_dittofeed_gives_back_comes_back_with_the_same_digest(tmp_path: Path) -> None:
    for seed in valid_seeds(SEEDS, DITTOFEED):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert problems(seed, folder) == []


@pytest.mark.parametrize("name", sorted(DIFFERENT))
def test_a_second_export_has_the_same_payloads(name: str, tmp_path: Path) -> None:
    file = SHIPPED / "growth.yaml" if name == "growth" else EXPORTS / name / "playbook.yaml"
    first = exported(graph_of(file))
    before, again = payloads(first), payloads(exported(imported(first, tmp_path)))
    differing = {one for one in {*before, *again} if before.get(one) != again.get(one)}
    if name != "growth":
        differing = {one for one in differing if one.startswith(KINDS)}
        differing = {one for one in differing if not one.startswith(WEBHOOKS)}
    assert differing == set(DIFFERENT[name])


def test_the_generated_playbooks_hold_what_dittofeed_gives_back() -> None:
    text = "".join(
        yaml.safe_dump(exact_playbook(seed, DITTOFEED)) for seed in valid_seeds(SEEDS, DITTOFEED)
    )
    words = "branch: split: at_most: exit_when: again_after: enters: inactive_for: birthday where:"
    for word in (*words.split(), "audience:", "task:", "untag:", "sms", "until: tue"):
        assert word in text, word


if __name__ == "__main__":
    wrong = 0
    for one in valid_seeds(int(sys.argv[2]), DITTOFEED, int(sys.argv[1])):
        with TemporaryDirectory() as temporary:
            for problem in problems(one, Path(temporary)):
                wrong += 1
                sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{sys.argv[2]} playbooks from seed {sys.argv[1]}: {wrong} differences\n")
