"""What a checklist can say: everything, in words; what is for the simulation stays out."""

from __future__ import annotations

from typing import Final

from playbook_compiler.export.capability import dropped, exact, table

_SIMULATION: Final = "for the simulation: it stays in the playbook"

CAPABILITIES: Final = table(
    [
        *exact("what it brings in stands where it belongs", "playbook.include", "playbook.use"),
        *exact("the version of the language, which the export has read", "playbook.playbook"),
        *exact("the heading", "playbook.name"),
        *exact("items under Account", "playbook.currency", "playbook.timezone", "playbook.sender"),
        *exact("items under Properties and events", "playbook.facts", "playbook.events"),
        *exact("items under Stages of the business", "playbook.stage", "playbook.stages"),
        *exact("items under Guardrails", "playbook.marketplaces", "guardrails.*"),
        *exact("items under Programmes, key by key", "playbook.programmes", "programme.*"),
        *exact("items under Besides messages", "playbook.checklists"),
        *dropped("how much findings matter, not what customers get", "playbook.checks"),
        *dropped("the shop has its own catalogue", "playbook.products"),
        *dropped(
            _SIMULATION,
            "playbook.economics",
            "playbook.matrix",
            "playbook.assume",
            "playbook.require",
            "playbook.evidence",
            "flow.expect",
            "step.send.expect",
            "programme.membership.expect",
            "programme.membership.expect.*",
            "programme.subscription.expect",
            "programme.subscription.expect.*",
        ),
        *exact("under the heading of the flow", "flow.strategy", "flow.about"),
        *exact("an item of the flow, in words", "flow.*", "trigger.*", "step.*"),
        *dropped("the step's number stands for it", "step.id"),
        *exact("an item under Audiences, in words", "audience.*"),
        *exact("items under Offers and codes", "offer.*"),
        *exact("a file to copy from, and an item", "message.*"),
        *exact("in words", "condition.*", "fact.*"),
        *exact("by its name, and an item under Properties and events", "event.*"),
        *exact("by its name", "channel.*"),
        *exact("a mark in brackets, for the engine's own variable", "variable.*"),
    ]
)
