"""Options that name rules: `--select no-holdout,wait-zero`."""

from __future__ import annotations

from collections.abc import Iterable

import click

from playbook_compiler.diagnostics import Diagnostic, Severity, nearest
from playbook_compiler.rules import rule, rule_names
from playbook_compiler.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Choice:
    """Which findings are wanted, and whether warnings count as errors."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    strict: bool = False

    def of(self, findings: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return the wanted ones of some findings.

        Errors that stop the checks are wanted always: without them a selection would look clean.
        """
        wanted = [found for found in findings if found.rule not in self.ignore]
        if self.select:
            wanted = [one for one in wanted if one.rule in self.select or _stops_checks(one)]
        return [_strict(found) for found in wanted] if self.strict else wanted


def known_rule(name: str) -> str:
    """Return the name of a rule; UsageError with did-you-mean where there is none."""
    names = rule_names()
    if name in names:
        return name
    guess = nearest(name, names)
    meant = f" Did you mean `{guess}`?" if guess else " `playbook explain --list` shows all rules."
    raise click.UsageError(f"There is no rule `{name}`.{meant}")


def rules_named(
    _ctx: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> frozenset[str]:
    """Return the rules of an option that takes names with commas between them."""
    names = [name.strip() for value in values for name in value.split(",")]
    return frozenset(known_rule(name) for name in names if name)


def rules_to_ignore(
    ctx: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> frozenset[str]:
    """Return the rules of `--ignore`, which takes no errors."""
    names = rules_named(ctx, option, values)
    for name in sorted(names):
        if not rule(name).configurable:
            raise click.UsageError(
                f"`{name}` is always an error and cannot be ignored;"
                f" `playbook explain {name}` says why."
            )
    return names


def _stops_checks(found: Diagnostic) -> bool:
    from pkgutil import iter_modules

    from playbook_compiler import checks

    if not found.is_error:
        return False
    names = {one.name.replace("_", "-") for one in iter_modules(checks.__path__)}
    return found.rule not in names


def _strict(found: Diagnostic) -> Diagnostic:
    if found.severity is Severity.WARNING:
        return replace(found, severity=Severity.ERROR)
    return found
