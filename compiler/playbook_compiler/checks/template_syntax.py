"""A message text that cannot be read: a tag, a filter or a loop outside the allowed few."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._texts import texts
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find what the template language of messages does not have."""
    for message in graph.playbook.messages.values():
        for text in texts(message):
            for problem in text.problems:
                what, unknown, _ = problem.message.partition(" is not understood")
                yield error(
                    RULE,
                    f"the {text.key} of `{message.id}` cannot be read: {what}{unknown}",
                    text.span(problem.start, problem.end),
                    caption="not understood",
                    help=(
                        "texts know {{ variable }}, the filter `default`, and"
                        " {% if variable %} ... {% else %} ... {% endif %}"
                    ),
                )
