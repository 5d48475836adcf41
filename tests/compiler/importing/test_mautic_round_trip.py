"""There and back by way of Mautic without the notes in our own words, as for other campaigns.

`python -m tests.compiler.importing.test_mautic_round_trip FIRST COUNT` tries more playbooks.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from tests.compiler.importing.exact_playbooks import MAUTIC, Says, exact_playbook, valid_seeds
from tests.compiler.importing.klaviyo_imports import (
    BERLIN,
    checked,
    digest_of_part,
    graph_of,
    written,
)

from playbook_compiler.graph import TriggerGraph
from playbook_compiler.importing.engines.mautic import IMPORTER
from playbook_compiler.importing.given import Given
from playbook_compiler.targets.mautic import TARGET

SEEDS = 6
# What comes back in other words that mean the same to Mautic: the same bytes of a second export.
# Of audiences nothing tells the tests that only a campaign or the shop can ask.
_UNNAMED = ("bought", "not bought", "received", "not event")
SAME_EXPORT = replace(
    MAUTIC,
    audience=True,
    offers=True,
    atoms=tuple(one for one in MAUTIC.atoms if not one.startswith(_UNNAMED)),
    steps=("send", "tag", "if", "split", "ladder", "rotation", "points"),
    programmes={"points": {"earn": []}},
)
ARCHIVE = "entity_data.json"


def exported(graph: TriggerGraph) -> bytes:
    bundle, findings = TARGET.export(graph, allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    return bundle.files[ARCHIVE]


def without_notes(archive: bytes) -> bytes:
    """Return an archive whose events say their names alone, as after a person rewrote them."""
    groups = json.loads(archive)
    for group in groups:
        for event in group["campaign_event"]:
            event["description"] = event["description"].partition("\n")[0]
    return json.dumps(groups).encode()


def problems(seed: int, folder: Path, says: Says = MAUTIC) -> list[str]:
    """Return how the import of a generated playbook's export differs from the playbook."""
    made = folder / "made.yaml"
    data = exact_playbook(seed, says)
    made.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    graph = graph_of(made)
    first = without_notes(exported(graph))
    found, findings = IMPORTER.read(Given("export", {ARCHIVE: first}), BERLIN)
    assert found is not None, [one.message for one in findings]
    back = checked(written(found, folder / "imported")).graph
    assert back is not None
    digests = digest_of_part(graph) == digest_of_part(back)
    return ([] if digests else [f"digest of seed {seed}"]) + (
        [] if without_notes(exported(back)) == first else [f"{ARCHIVE} of seed {seed}"]
    )


def test_what_mautic_gives_back_comes_back_with_the_same_digest(tmp_path: Path) -> None:
    for seed in valid_seeds(SEEDS, MAUTIC):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert problems(seed, folder) == []


def test_audiences_splits_ladders_and_codes_are_exported_as_they_were(tmp_path: Path) -> None:
    for seed in valid_seeds(SEEDS, SAME_EXPORT):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert f"{ARCHIVE} of seed {seed}" not in problems(seed, folder, SAME_EXPORT)


if __name__ == "__main__":
    wrong = 0
    for one in valid_seeds(int(sys.argv[2]), MAUTIC, int(sys.argv[1])):
        with TemporaryDirectory() as temporary:
            for problem in problems(one, Path(temporary)):
                wrong += 1
                sys.stdout.write(f"{problem}\n")
    for one in valid_seeds(int(sys.argv[2]), SAME_EXPORT, int(sys.argv[1])):
        with TemporaryDirectory() as temporary:
            for problem in problems(one, Path(temporary), SAME_EXPORT):
                if problem.startswith(ARCHIVE):
                    wrong += 1
                    sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{sys.argv[2]} playbooks from seed {sys.argv[1]}: {wrong} differences\n")
