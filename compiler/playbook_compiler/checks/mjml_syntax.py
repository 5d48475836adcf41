"""A body in MJML that cannot be rendered, or holds what mail must not: scripts, other files."""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.checks._texts import texts
from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.family import name_of
from playbook_compiler.graph import TriggerGraph
from playbook_compiler.mjml import is_mjml
from playbook_compiler.mjml_rules import mjml_problems

RULE = name_of(__name__)


def check(graph: TriggerGraph) -> Iterator[Diagnostic]:
    """Find what MJML bodies may not hold."""
    for message in graph.playbook.messages.values():
        for text in texts(message):
            if text.key != "body" or text.template is None or not is_mjml(text.text):
                continue
            if message.channel != "email":
                yield error(
                    RULE,
                    f"`{message.id}` is for {message.channel}, and its body is MJML",
                    text.span(0, 1),
                    caption="MJML is for e-mail",
                    help="write the text as Markdown",
                )
                continue
            for problem in mjml_problems(text.text):
                yield error(
                    RULE,
                    f"the body of `{message.id}` is no MJML that can be sent: {problem.message}",
                    text.span(problem.start, problem.end),
                    caption="not allowed in a body",
                    help=problem.advice,
                    fix=text.fix(problem.start, problem.end, problem.instead, safe=False),
                )
