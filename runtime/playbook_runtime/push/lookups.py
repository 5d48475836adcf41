"""What differs from account to account: given on the command line, known from before, or asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from playbook_compiler.diagnostics import nearest, shown
from playbook_runtime.push.adapter import Adapter
from playbook_runtime.push.calls import Ask
from playbook_runtime.push.problems import UsageProblem


def given_lookups(texts: Iterable[str], needed: tuple[str, ...]) -> dict[str, str]:
    """Return the lookups of `--lookup kind.name=value`. Raises UsageProblem."""
    given = {}
    for text in texts:
        # A name may hold an equals sign: the needed ones are known.
        name = next((one for one in needed if text.startswith(f"{one}=")), None)
        if name is None:
            written = text.partition("=")[0]
            guess = nearest(written, needed)
            meant = f" Did you mean `{shown(guess)}`?" if guess else ""
            raise UsageProblem(
                f"--lookup {shown(text)}: nothing of this playbook needs"
                f" `{shown(written)}`.{meant} Write --lookup kind.name=value."
            )
        value = text[len(name) + 1 :].strip()
        if not value or not value.isprintable():
            raise UsageProblem(f"--lookup {shown(name)}: there is no value behind the `=`.")
        given[name] = value
    return given


def missing_sentence(title: str, missing: tuple[str, ...]) -> str:
    """Return what a person is asked to give."""
    options = "\n".join(f"  --lookup '{shown(name)}=...'" for name in missing)
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
