"""docs/reference/tactics.md: every shipped tactic, made from the heads of their files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.reference.prose import paragraph
from tests.reference.strategy_carriers import used_by
from tests.reference.strategy_page import FILES
from tests.runtime.plain_shop import NAMES, head

from playbook_compiler.document import Data
from playbook_compiler.strategies import STRATEGIES
from playbook_compiler.tactic import Parameter, TacticHead
from playbook_compiler.vocabulary import STAGES

_ORDER = {strategy: place for place, strategy in enumerate(STRATEGIES)}
FAMILIES = {"F": "Frames", "S": "Flows", "P": "Programmes", "O": "Operations"}


def tactics_page() -> str:
    """Return the page."""
    heads = sorted(map(head, NAMES), key=lambda one: (_ORDER[one.strategy[0]], one.tactic))
    lines = [
        "# Tactics",
        "",
        *paragraph(
            f"{len(heads)} tactics are shipped, each a part of a playbook with its texts. One line"
            " adopts one: `use: {win-back: {after: 90d, offer: 20%}}`; what you leave out is the"
            " default. `playbook explain --defaults` shows what was filled in, and"
            " `playbook eject win-back` copies a tactic into your folder `tactics`, where you"
            " change its words."
        ),
        *paragraph(
            "The letters name a [strategy](strategies.md), the stage is the one from which on a"
            " tactic is meant. Figures of grade D are claims and never used in a projection; its"
            " effect, where there is one, stands in the [evidence library](evidence.md)."
        ),
    ]
    for family, title in FAMILIES.items():
        of = [one for one in heads if one.strategy[0].startswith(family)]
        lines += [f"## {title}", "", "| tactic | what it does | strategy | stage |"]
        lines += ["|---|---|---|---|"]
        for one in of:
            lines.append(
                f"| [{one.tactic}](#{one.tactic}) | {_first_sentence(one.about)}"
                f" | {', '.join(one.strategy)} | {_stage(one)} |"
            )
        lines.append("")
        for one in of:
            lines += _tactic(one)
    return "\n".join(lines).rstrip() + "\n"


def _tactic(one: TacticHead) -> Iterator[str]:
    yield from (f"### {one.tactic}", "", *paragraph(one.about))
    file = f"[tactics/{one.tactic}.yaml]({FILES}/tactics/{one.tactic}.yaml)"
    named = ", ".join(f"{strategy} {STRATEGIES[strategy]}" for strategy in one.strategy)
    used = used_by(one.tactic)
    yield f"- Strategy: {named}. Stage: {_stage(one)}. File: {file}."
    if used:
        links = ", ".join(f"[{name}]({FILES}/{name}.yaml)" for name in used)
        yield f"- Used in the playbooks {links}."
    yield f"- Effect: {_effect(one)}"
    for figure in one.figures:
        yield f"- Figure: {' '.join(figure.figure.split())} (grade {figure.grade})."
    yield f"- Source: {' '.join(one.source.split())}."
    yield ""
    if one.parameters:
        yield from ("| parameter | what may be written | default | meaning |", "|---|---|---|---|")
        for parameter in one.parameters.values():
            cells = (
                f"`{parameter.id}`",
                _type(parameter),
                _default(parameter),
                " ".join(parameter.about.split()),
            )
            yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
        yield ""


def _effect(one: TacticHead) -> str:
    assert one.effect is not None, f"{one.tactic} does not say its effect"
    if not one.effect.library:
        return f"none in a projection: {' '.join(one.effect.none.split())}."
    ids = ", ".join(f"`{name}`" for name in one.effect.library)
    about = f" {' '.join(one.effect.about.split())}" if one.effect.about else ""
    return f"{ids} of the evidence library.{about}"


def _stage(one: TacticHead) -> str:
    if one.stage == STAGES:
        return "any"
    if one.stage == STAGES[STAGES.index(one.stage[0]) :] and len(one.stage) > 1:
        return f"{one.stage[0]} and later"
    return ", ".join(one.stage)


def _type(parameter: Parameter) -> str:
    if isinstance(parameter.type, str):
        return f"{parameter.type}, or `none`" if parameter.optional else parameter.type
    return f"a list, each a {parameter.type[0]}"


def _default(parameter: Parameter) -> str:
    if parameter.is_required:
        return "**required**"
    return f"`{_written(parameter.default, parameter)}`"


def _written(data: Data, parameter: Parameter) -> str:
    """Return a default as it would be written in a playbook."""
    match data:
        case dict():
            return f"{{{', '.join(f'{k}: {_written(v, parameter)}' for k, v in data.items())}}}"
        case list():
            return f"[{', '.join(_written(one, parameter) for one in data)}]"
        case bool():
            return "true" if data else "false"
        case None:
            return "none"
        case _:
            return str(data)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?])\s", " ".join(text.split()))[0]
