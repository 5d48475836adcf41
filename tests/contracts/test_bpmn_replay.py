"""SpiffWorkflow runs the exported processes: it sends what a replay of the playbook sends.

The same customers, message by message, at the same second. `python -m tests.bpmn` does it on more.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.contracts.bpmn_people import people_of
from tests.contracts.bpmn_playbooks import playbook_of
from tests.contracts.bpmn_world import compare, compared, graph_by_seed

from playbook_compiler.export.capability import Support
from playbook_compiler.export.places import places
from playbook_compiler.targets.bpmn.document import document as written
from playbook_compiler.targets.bpmn.elements import Process
from playbook_compiler.targets.bpmn.target import Bpmn

# Together they hold every trigger and step that is said exactly, and send much.
SEEDS = (14, 33, 37, 41, 60)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_sends_what_a_replay_sends(seed: int) -> None:
    found = compare(seed)
    assert found.only_engine == found.only_replay == ()
    assert found.same > 10


def test_the_playbooks_that_are_run_hold_all_that_is_said_exactly() -> None:
    held = {one.construct for seed in SEEDS for one in places(graph_by_seed(seed))}
    exact = {
        name
        for name, row in Bpmn().capabilities.items()
        if row.support is Support.EXACT and name.startswith(("trigger.", "step."))
    }
    # Ways out of steps are not places of their own: the steps on them are.
    ways = {"step.wait.happened", "step.wait.timed_out", "step.if.then", "step.if.else"}
    assert exact - held - ways - {"step.branch.else"} == set()


def _without_exits(content: bytes) -> bytes:
    return content.replace(b'cancelActivity="true"', b'cancelActivity="false"')


def _longer(content: bytes) -> bytes:
    return content.replace(b'"PT3H"', b'"PT4H"').replace(b'after("P1D")', b'after("P2D")')


def _never_quiet(content: bytes) -> bytes:
    return content.replace(b"local_time &gt;= ", b'"" &gt;= ')


def _unknown_is_true(content: bytes) -> bytes:
    return content.replace(b"is not None and ", b"is None or ")


BROKEN: list[tuple[int, Callable[[bytes], bytes]]] = [
    (37, _without_exits),
    (41, _longer),
    (60, _never_quiet),
    (33, _unknown_is_true),
]


@pytest.mark.parametrize(("seed", "broken"), BROKEN, ids=[one.__name__[1:] for _, one in BROKEN])
def test_a_process_with_another_meaning_sends_something_else(
    seed: int, broken: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = []

    def document(process: Process) -> bytes:
        content = written(process)
        changed.append(broken(content) != content)
        return broken(content)

    monkeypatch.setattr("playbook_compiler.targets.bpmn.files.document", document)
    monkeypatch.setattr("playbook_compiler.targets.bpmn.target.check_files", lambda files: [])
    found = compared(playbook_of(seed), people_of(seed))
    assert any(changed)
    assert not found.is_equal
