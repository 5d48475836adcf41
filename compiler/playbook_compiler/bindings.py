"""The arguments that a shop gives a tactic, bound to its parameters, with defaults for the rest."""

from __future__ import annotations

import re
from decimal import Decimal

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.document import Data, Document, Path
from playbook_compiler.kinds import ListOf
from playbook_compiler.reading import Kind, Node, did_you_mean, listed
from playbook_compiler.tactic import NONE, SCALARS, UNKNOWN, Parameter, TacticHead, expected
from playbook_compiler.units import Money, Share, parse_money, parse_number, parse_share, plain
from playbook_compiler.values import dataclass

FREE_SHIPPING = "free-shipping"
# What the short form of an offer means: a code for two weeks, once for each customer.
SHORT_OFFER: dict[str, Data] = {"valid": "14d", "code": "unique", "once_per_customer": True}


@dataclass(frozen=True, slots=True)
class Bound:
    """One parameter with its value: `data` at `path` of `document`, the shop's or the tactic's.

    `is_default` tells what the shop left out; `is_none` that the key is to go. `offer` is the offer
    that a short form such as `20%` makes, under the id of the parameter.
    """

    name: str
    document: Document
    path: Path
    data: Data
    is_default: bool
    is_none: bool = False
    offer: dict[str, Data] | None = None


def bind(
    head: TacticHead, tactic: Document, document: Document, path: Path, data: Data
) -> tuple[dict[str, Bound], list[Diagnostic]]:
    """Return a value for each parameter of a tactic; `data` at `path` of `document` has the
    shop's."""
    findings: list[Diagnostic] = []
    if data is None:
        data = {}
    if not isinstance(data, dict):
        known = ", ".join(head.parameters) or "none"
        findings.append(
            error(
                "wrong-shape",
                f"`{head.tactic}`: expected its parameters as a mapping",
                document.span(path),
                caption="expected a mapping",
                help=f"write `{head.tactic}: {{}}`; its parameters: {known}",
            )
        )
        return {}, findings
    for name in data:
        if name not in head.parameters:
            known = ", ".join(head.parameters)
            findings.append(
                error(
                    "unknown-key",
                    f"the tactic `{head.tactic}` has no parameter `{shown(name)}`",
                    document.key_span((*path, name)),
                    caption="not a parameter of this tactic",
                    help=did_you_mean(name, head.parameters)
                    or (f"its parameters: {known}" if known else "it has no parameters"),
                )
            )
    missing = [
        name for name, one in head.parameters.items() if one.is_required and name not in data
    ]
    if missing:
        findings.append(
            error(
                "missing-key",
                f"the tactic `{head.tactic}` needs {listed(missing)}",
                document.key_span(path),
                caption=f"add {listed(missing)}",
                help="; ".join(f"{name}: {_meaning(head.parameters[name])}" for name in missing),
            )
        )
    bound = {}
    for name, parameter in head.parameters.items():
        if name in data:
            node = Node(document, (*path, name), data[name], UNKNOWN, findings)
            bound[name] = _bound(parameter, node, is_default=False)
        elif not parameter.is_required:
            where = ("parameters", name, "default")
            node = Node(tactic, where, parameter.default, UNKNOWN, findings)
            bound[name] = _bound(parameter, node, is_default=True)
    return bound, findings


def _meaning(parameter: Parameter) -> str:
    kind = parameter.type
    return parameter.about or expected(kind if isinstance(kind, str) else kind[0])


def _bound(parameter: Parameter, node: Node, *, is_default: bool) -> Bound:
    """Return the parameter with the value at a node; a scalar of another type is noted there."""
    data = node.data
    is_none = data is None or data == NONE
    if is_none and not parameter.optional:
        kind = parameter.type
        one = expected(kind if isinstance(kind, str) else kind[0])
        node.refuse_shape(one if isinstance(kind, str) else f"a list, each {one}")
    offer = None
    if parameter.type == "offer" and not is_none:
        offer = _offer(data, node.text)  # None for an id, which is read where it is put
        if offer is not None and not isinstance(data, dict):
            _refuse_unclear_amount(node)
    elif not is_none:
        reader = _reader(parameter)
        if reader is not None:
            reader.read(node)
    return Bound(parameter.id, node.document, node.path, data, is_default, is_none, offer)


def _reader(parameter: Parameter) -> Kind | None:
    """Return what reads an argument, or None for references, which are read where they are put."""
    if isinstance(parameter.type, tuple):
        item = SCALARS.get(parameter.type[0])
        return ListOf(item, single=True) if item is not None else None
    return SCALARS.get(parameter.type)


def _refuse_unclear_amount(node: Node) -> None:
    """Note an offer such as `0.2` or `20`, which may be a percentage or an amount."""
    written = node.text or ""
    number = parse_number(written)
    if not isinstance(number, Decimal) or not 0 < number <= 100 or re.search(r"\.\d\d$", written):
        return
    part = plain(number * 100 if number < 1 else number)
    node.refuse(
        "bad-money",
        f"`{shown(written)}` may be a percentage or an amount",
        caption="expected 20%, or an amount with its decimals",
        help=f"write `{part}%`, or `{number:.2f}` in money; in full:"
        f" `{{percent_off: {part}%, valid: 14d}}`",
    )


def _offer(data: Data, text: str | None) -> dict[str, Data] | None:
    """Return the offer that `20%`, `5.00`, `free-shipping` or a mapping means; None for an id."""
    if isinstance(data, dict):
        return data
    written = text or ""
    if written == FREE_SHIPPING:
        return {"free_shipping": True, **SHORT_OFFER}
    if isinstance(parse_share(written), Share):
        return {"percent_off": written, **SHORT_OFFER}
    if isinstance(parse_money(written), Money):
        return {"amount_off": written, **SHORT_OFFER}
    return None
