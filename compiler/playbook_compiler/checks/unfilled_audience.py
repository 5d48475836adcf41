"""A list kept outside that customers are taken out of, and that no step puts them into."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.diagnostics import Diagnostic, hint, nearest
from playbook_compiler.family import name_of
from playbook_compiler.fixes import respelled
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.steps import Membership

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find `audience: {remove: NAME}` of a list that no flow, paused ones included, adds to."""
    steps = [node.what for node in graph.nodes.values() if isinstance(node.what, Membership)]
    filled = {step.audience.add for step in steps if step.audience.add}
    for step in steps:
        name = step.audience.remove
        if name and name not in filled:
            guess = nearest(name, filled)
            yield hint(
                RULE,
                f"no step puts anyone into the list `{name}`",
                step.audience.origin.span("remove"),
                caption="nobody was added",
                help=f"did you mean `{guess}`?"
                if guess
                else f"add them first: `audience: {{add: {name}}}`; or ignore this where the list"
                " is filled elsewhere",
                fix=respelled(
                    step.audience.origin.document.source,
                    step.audience.origin.span("remove"),
                    name,
                    filled,
                ),
            )
