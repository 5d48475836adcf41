"""A target's page: what it can say, as a table for each part of the language."""

from __future__ import annotations

from playbook_compiler.export.capability import Support, Target

BEGIN = "<!-- what-it-can-say: generated from the capability table -->"
END = "<!-- end of what-it-can-say -->"
PARTS = {
    "playbook": "Sections of a playbook",
    "guardrails": "Guardrails",
    "flow": "Flows",
    "trigger": "Triggers",
    "step": "Steps",
    "audience": "Audiences",
    "offer": "Offers",
    "message": "Messages",
    "programme": "Programmes",
    "condition": "Conditions",
    "fact": "Facts",
    "event": "Events",
    "channel": "Channels",
    "variable": "Variables in messages",
}


def capability_tables(target: Target) -> str:
    """Return the tables as Markdown, between the marks that stand in the page."""
    lines = [BEGIN]
    for part, heading in PARTS.items():
        rows = [row for name, row in target.capabilities.items() if name.startswith(f"{part}.")]
        lines += ["", f"### {heading}", "", "| construct | support | how |", "|---|---|---|"]
        for row in rows:
            how = row.how
            if row.support is Support.REFUSED:
                how += f"; with `--allow-lossy`: {row.lossy}"
            construct = row.construct.partition(".")[2]
            lines.append(f"| `{construct}` | {row.support} | {how.replace('|', chr(92) + '|')} |")
    return "\n".join([*lines, "", END])


def with_tables(page: str, target: Target) -> str:
    """Return a page with the part between the marks made anew."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + capability_tables(target) + after
