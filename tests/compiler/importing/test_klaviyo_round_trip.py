"""There and back: an export that is imported and exported again is the same export."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml
from tests.compiler.importing.exact_playbooks import exact_playbook, valid_seeds
from tests.compiler.importing.klaviyo_imports import (
    EXPORTS,
    SHIPPED,
    checked,
    digest_of_part,
    exported,
    graph_of,
    imported,
    part_of,
    payloads,
    written,
)

SEEDS = 20
# A code that all share stands in the text, so that the message has no offer any more.
SHARED_CODE = ("flows/win-back.json", "templates/ship+shared.json", "templates/ship-shared.json")
# Mails without an own last line: what the export puts under them stands in the text afterwards.
FOOTER = {
    "everything": ("templates/hello.json", "templates/stock.json"),
    "lossy": ("templates/again.json", "templates/hello.json"),
}
DIFFERENT = {
    "growth": (),
    "everything": (*FOOTER["everything"], *SHARED_CODE),
    "lossy": FOOTER["lossy"],
    "hostile": ("flows/cart.json", "templates/hello+shared.json", "templates/hello-shared.json"),
}


@pytest.mark.parametrize("name", sorted(DIFFERENT))
def test_a_second_export_has_the_same_payloads(name: str, tmp_path: Path) -> None:
    lossy = name == "lossy"
    file = SHIPPED / "growth.yaml" if name == "growth" else EXPORTS / name / "playbook.yaml"
    first = exported(graph_of(file), allow_lossy=lossy)
    folder = written(imported(first.files), tmp_path)
    again = payloads(exported(graph_of(folder), allow_lossy=lossy))
    before = payloads(first)
    differing = {one for one in {*before, *again} if before.get(one) != again.get(one)}
    assert differing == set(DIFFERENT[name])


def problems(seed: int, folder: Path) -> list[str]:
    """Return how the import of a generated playbook's export differs from the playbook."""
    text = yaml.safe_dump(exact_playbook(seed), sort_keys=False, allow_unicode=True)
    made = folder / "made.yaml"
    made.write_text(text, encoding="utf-8")
    graph = graph_of(made)
    first = exported(graph)
    compiled = checked(written(imported(first.files), folder / "imported"))
    assert compiled.graph is not None
    found = []
    if digest_of_part(graph) != digest_of_part(compiled.graph):
        one, other = part_of(graph), part_of(compiled.graph)
        found += [f"{name} of seed {seed}" for name in one if one[name] != other[name]]
    before, again = payloads(first), payloads(exported(compiled.graph))
    found += [
        f"{name} of seed {seed}"
        for name in sorted({*before, *again})
        if before.get(name) != again.get(name)
    ]
    return found


def test_what_is_exported_exactly_comes_back_with_the_same_digest(tmp_path: Path) -> None:
    for seed in valid_seeds(SEEDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        assert problems(seed, folder) == []


def test_the_generated_playbooks_hold_what_klaviyo_says_exactly() -> None:
    text = "".join(yaml.safe_dump(exact_playbook(seed)) for seed in valid_seeds(SEEDS))
    words = "branch: split: at_most: exit_when: again_after: offer: enters: inactive_for: birthday"
    for word in (*words.split(), "audience:", "task:", "untag:", "sms", "until: tue"):
        assert word in text, word


# python -m tests.compiler.importing.test_klaviyo_round_trip FIRST COUNT
if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    wrong = 0
    for one in valid_seeds(int(sys.argv[2]), first=int(sys.argv[1])):
        with TemporaryDirectory() as temporary:
            for problem in problems(one, Path(temporary)):
                wrong += 1
                sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{sys.argv[2]} playbooks from seed {sys.argv[1]}: {wrong} differences\n")
