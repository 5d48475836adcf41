"""Whatever can be said is exported to every target, validates there, and is accounted for.

The playbooks are made by chance and hold every construct of the language. What a target cannot say
is a finding at its line, or with `--allow-lossy` an entry of the report; nothing is absent.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

import pytest
from tests.properties.language_strategies import made
from tests.properties.language_texts import as_json, graph_of, read_text

from playbook_compiler.catalogue import BUILT_IN
from playbook_compiler.export.bundle import ExportBundle
from playbook_compiler.export.capability import Support, Target
from playbook_compiler.export.constructs import constructs
from playbook_compiler.export.places import Place, places
from playbook_compiler.export.registry import all_targets
from playbook_compiler.graph import TriggerGraph

TARGETS = all_targets()
# The 200 seeds from here on hold every construct, the rarest of them too.
FIRST, BATCHES, OF_A_BATCH, OF_A_FEW = 80, 4, 50, 10
# What messages say besides the texts by chance: every variable, plain, with a default, and asked.
_NAMES = (*BUILT_IN.variables, "customer.gender", "trigger.product.sku")
_VARIABLES = (
    "\n".join(f"{{{{ {name} }}}}" for name in _NAMES),
    "\n".join(f'{{{{ {name} | default: "it\'s" }}}}' for name in _NAMES),
    "\n".join(f"{{% if {name} %}}a {{{{ {name} }}}}{{% else %}}b{{% endif %}}" for name in _NAMES),
)
# Constructs that are no places of a text: the ways out of a step (the steps on them are), what only
# the stages read, what several files bring, and points for points, which the language refuses.
_NO_PLACES = {
    *("step.branch.else", "step.if.else", "step.if.then", "step.split.variants"),
    *("step.wait.happened", "step.wait.timed_out", "fact.customers", "fact.orders_per_month"),
    *("playbook.include", "playbook.use", "programme.points.redeem.for.points"),
}
by_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


@cache
def _graph(seed: int) -> TriggerGraph:
    size, fill = 1 + seed % 3, (0.3, 0.6, 1.0)[seed // 3 % 3]
    data = made(seed, size=size, fill=fill).data
    for number, message in enumerate(data.get("messages", {}).values()):
        message["body"] = f"{message.get('body', '')}\n\n{_VARIABLES[(seed + number) % 3]}"
    return graph_of(read_text(as_json(data)))


@cache
def _places(seed: int) -> tuple[Place, ...]:
    return tuple(places(_graph(seed)))


def _seeds(batch: int) -> range:
    first = FIRST + batch * OF_A_BATCH
    return range(first, first + OF_A_BATCH)


@cache
def _bundle(target: str, seed: int) -> ExportBundle:
    bundle, findings = TARGETS[target].export(_graph(seed), allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    return bundle


@by_target
@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_emitted_passes_the_vendors_validation_and_is_accounted_for(
    target: Target, batch: int
) -> None:
    verdict = import_module(f"tests.contracts.verdicts.{target.name}")
    for seed in _seeds(batch):
        bundle = _bundle(target.name, seed)
        assert verdict.problems(bundle) == [], f"seed {seed}"
        entries = bundle.lowering.entries
        told = {(one.construct, one.span.line) for one in entries}
        by_name = {(one.construct, one.id) for one in entries}
        untold = {
            (one.construct, one.id, one.span.line)
            for one in _places(seed)
            if (one.construct, one.span.line) not in told and (one.construct, one.id) not in by_name
        }
        assert untold == set(), f"seed {seed}"
        assert not [one for one in entries if one.support is Support.REFUSED]


@by_target
def test_what_is_refused_stops_the_export_at_its_line(target: Target) -> None:
    stopped = 0
    for seed in range(FIRST, FIRST + OF_A_FEW):
        bundle, findings = target.export(_graph(seed))
        assert (bundle is None) is any(one.is_error for one in findings)
        for one in findings:
            if one.rule == "target-lacks":
                assert one.span.line > 0
                assert "--allow-lossy" in (one.help or "")
        if bundle is None:
            stopped += 1
        else:
            assert bundle.files.keys() == _bundle(target.name, seed).files.keys()
    if any(row.support is Support.REFUSED for row in target.capabilities.values()):
        assert stopped


@by_target
def test_a_second_export_has_the_same_bytes(target: Target) -> None:
    for seed in range(FIRST, FIRST + OF_A_FEW):
        again, _ = target.export(_graph(seed), allow_lossy=True)
        assert again is not None
        assert again.files == _bundle(target.name, seed).files


def test_the_playbooks_hold_every_construct_of_the_language() -> None:
    seeds = [seed for batch in range(BATCHES) for seed in _seeds(batch)]
    held = {one.construct for seed in seeds for one in _places(seed)}
    assert set(constructs()) - held == _NO_PLACES
