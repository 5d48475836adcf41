"""Whatever an engine is sent can be read back: playbooks by chance that hold the whole language.

`python -m tests.compiler.importing.test_any_export FIRST COUNT` tries more of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.compiler.importing.klaviyo_imports import BERLIN, checked, written
from tests.properties.language_strategies import made
from tests.properties.language_texts import as_json, graph_of, read_text

from playbook_compiler.importing.given import Given
from playbook_compiler.importing.registry import all_importers

SEEDS = range(60, 66)
# Mautic's export is an archive; these are the requests and payloads of the others.
_ARCHIVE = "entity_data.json"
_FLOWS = {"klaviyo": "flows/", "dittofeed": "journeys/", "mautic": _ARCHIVE}


def problem(engine: str, seed: int, folder: Path) -> str:
    """Return why the export of a playbook is not imported; empty where it is, without errors."""
    size, fill = 1 + seed % 4, (0.3, 0.6, 1.0)[seed % 3]
    graph = graph_of(read_text(as_json(made(seed, size=size, fill=fill).data)))
    target = import_module(f"playbook_compiler.targets.{engine}").TARGET
    bundle, findings = target.export(graph, allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    wanted = (_ARCHIVE,) if engine == "mautic" else tuple(bundle.files)
    files = {
        name: raw for name, raw in bundle.files.items() if name.endswith(".json") and name in wanted
    }
    found, findings = all_importers()[engine].read(Given("export", files), BERLIN)
    if found is None:
        empty = not any(name.startswith(_FLOWS[engine]) for name in bundle.files)
        return "" if empty and findings[0].rule == "nothing-to-import" else findings[0].message
    checked(written(found, folder))
    facts = found.data.get("facts") or {}
    assert isinstance(facts, dict)
    own = [name for name in facts if engine == "klaviyo" and name.startswith("playbook_")]
    return f"the exporter's own property is a fact: {own}" if own else ""


@pytest.mark.parametrize("engine", all_importers())
def test_any_export_is_imported_without_errors(engine: str, tmp_path: Path) -> None:
    for seed in SEEDS:
        assert problem(engine, seed, tmp_path / str(seed)) == "", seed


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    for name in all_importers():
        wrong = 0
        for one in range(first, first + count):
            with TemporaryDirectory() as temporary:
                told = problem(name, one, Path(temporary))
                wrong += bool(told)
                sys.stdout.write(f"{name} {one}: {told}\n" if told else "")
        sys.stdout.write(f"{name}: {count} playbooks from seed {first}, {wrong} not imported\n")
