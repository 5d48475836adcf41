"""What differs from account to account: given on the command line, known from before, or asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.export.bundle import ExportBundle
from playbook_runtime.push.adapter import Adapter
from playbook_runtime.push.calls import Ask
from playbook_runtime.push.problems import UsageProblem

_MAILBOX: Final = "mailbox."


def notes_of(bundle: ExportBundle) -> Mapping[str, str]:
    """Return what each lookup of an export is, in words, by its `kind.name`."""
    notes: dict[str, str] = {}
    for one in bundle.lookups:
        name = f"{one.kind}.{one.name}"
        if one.note:
            notes[name] = f"{notes[name]}; {one.note}" if name in notes else one.note
    return notes


def lookup_lines(names: Iterable[str], notes: Mapping[str, str]) -> Iterator[str]:
    """Yield how each lookup is given, with what it is."""
    for name in names:
        note = f"  {shown(notes[name])}" if name in notes else ""
        yield f"  --lookup '{shown(name)}=...'{note}"


def given_lookups(
    texts: Iterable[str], needed: tuple[str, ...], notes: Mapping[str, str]
) -> dict[str, str]:
    """Return the lookups of `--lookup kind.name=value`. Raises UsageProblem."""
    given = {}
    for text in texts:
        # A name may hold an equals sign: the needed ones are known.
        name = next((one for one in needed if f"{text}=".startswith(f"{one}=")), None)
        if name is None:
            raise UsageProblem(_not_needed(text, needed, notes))
        value = text[len(name) + 1 :].strip()
        if not value or not value.isprintable():
            raise UsageProblem(
                f"--lookup {shown(name)}: there is no value behind the `=`. Write:\n"
                + "\n".join(lookup_lines((name,), notes))
            )
        if name.startswith(_MAILBOX) and "@" not in value.strip("@"):
            raise UsageProblem(
                f"--lookup {shown(text)}: `{shown(value)}` is no e-mail address. Write one, as"
                f" --lookup '{shown(name)}=hello@shop.example'."
            )
        given[name] = value
    return given


def _not_needed(text: str, needed: tuple[str, ...], notes: Mapping[str, str]) -> str:
    written = text.partition("=")[0]
    said = f"--lookup {shown(text)}: nothing of this playbook needs `{shown(written)}`."
    if not needed:
        return f"{said} It needs no --lookup at all."
    guess = nearest(written, needed)
    meant = f" Did you mean `{shown(guess)}`?" if guess else ""
    lines = "\n".join(lookup_lines(needed, notes))
    return f"{said}{meant} These can be given:\n{lines}"


def missing_sentence(title: str, missing: tuple[str, ...], notes: Mapping[str, str]) -> str:
    """Return what a person is asked to give."""
    options = "\n".join(lookup_lines(missing, notes))
    return (
        f"{title} needs what only you can know of the account. Give it once; it is kept in the"
        f" state file:\n{options}"
    )


def resolved(adapter: Adapter, names: Iterable[str], ask: Ask) -> Mapping[str, str]:
    """Return the ids that the engine has for lookups. Raises UsageProblem for none or several."""
    found = {}
    for one in names:
        kind, _, name = one.partition(".")
        ids = adapter.resolve(kind, name, ask)
        if len(ids) == 1:
            found[one] = ids[0][0]
            continue
        if ids:
            which = "\n".join(
                f"  --lookup '{shown(one)}={shown(key)}'  {shown(word)}" for key, word in ids
            )
            raise UsageProblem(
                f"{adapter.title} has {len(ids)} of the name {kind} `{shown(name)}`. Say which:"
                f"\n{which}"
            )
        raise UsageProblem(
            f"{adapter.title} has no {kind} `{shown(name)}` yet. It comes into being when the first"
            f" such event arrives; or name another one: --lookup '{shown(one)}=...'"
        )
    return found
