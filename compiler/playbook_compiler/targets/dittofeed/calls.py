"""Steps that Dittofeed has no node for: webhooks to the shop's systems, or to Dittofeed itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playbook_compiler.changes import FIELD, SUPPRESS, TAG, Change, Gift, OutsideAudience
from playbook_compiler.conditions import Value as FactValue
from playbook_compiler.conditions import magnitude
from playbook_compiler.export.capability import Support
from playbook_compiler.graph import Node as Step
from playbook_compiler.steps import Call, Grant, Membership, Task, Update
from playbook_compiler.targets.dittofeed import nodes, terms, webhooks
from playbook_compiler.targets.dittofeed import segment_tests as tests
from playbook_compiler.targets.dittofeed.body import Body, Made
from playbook_compiler.targets.dittofeed.sends import exits, holdout_split
from playbook_compiler.targets.dittofeed.state import Export
from playbook_compiler.targets.dittofeed.webhooks import Json, Text, Value
from playbook_compiler.webhook import VARIABLE, Webhook

# What is not done for those held out; what is known of them is changed all the same.
HELD_BACK = (Task, Call, Grant, Membership)
_OF_EVENTS = ("order.", "product.", "cart.", "trigger.")


def lower_call(body: Body, step: Step, after: str) -> Made:
    """Return the webhook of a task, call, grant, update or outside audience."""
    lowering, what = body.export.lowering, step.what
    span = step.origin.key_span(step.kind)
    if not lowering.note(f"step.{step.kind}", step.id, span):
        return [], after
    match what:
        case Task():
            definition = _task(body, step, what)
        case Call(call=call):
            definition = _call(body, step, call)
        case Grant(grant=gift):
            if gift.points is not None or gift.credit is not None:
                kind = "points" if gift.points is not None else "credit"
                lowering.note(f"step.grant.{kind}", step.id, span)
            definition = _shop(body, "grants", "gives offers, points and credit", _gift(body, gift))
        case Update(update=change):
            lowering.note(f"step.update.{change.deed}", step.id, span)
            definition = _change(body, step, change)
        case Membership(audience=outside):
            note = "keeps the outside audiences"
            definition = _shop(body, "audiences", note, _membership(outside))
        case _:
            raise AssertionError(f"no webhook for {step.kind}")
    name = terms.node_name(body.flow.id, step.step_id)
    template = body.export.template(name, definition)
    made = nodes.message(step.step_id, step.step_id, "Webhook", template, after)
    if not (body.held_out_here and isinstance(what, HELD_BACK)):
        before, entry = exits(body, step, step.step_id, step.step_id)
        return [*before, made], entry
    split = f"{step.step_id}~holdout"
    before, entry = exits(body, step, step.step_id, split)
    return [*before, holdout_split(body, split, after, step.step_id), made], entry


def _shop(body: Body, name: str, note: str, data: dict[str, Json]) -> dict[str, Any]:
    """Return a webhook to a system of the shop, whose address is a secret."""
    secret = f"playbook_{name}_url"
    body.export.lowering.need("secret", secret, f"address of the shop's system that {note}")
    customer = {"userId": Value("user.id"), "email": Value("user.email")}
    return webhooks.template(Text(webhooks.secret(secret)), {**data, **customer})


def _task(body: Body, step: Step, task: Task) -> dict[str, Any]:
    for key in ("owner", "due", "cost"):
        if step.origin.has(key):
            span = step.origin.key_span(key)
            body.export.lowering.note(f"step.task.{key}", step.id, span)
    data: dict[str, Json] = {"task": task.task}
    if task.owner:
        data["owner"] = task.owner
    if task.due is not None:
        data["due"] = str(task.due)
    return _shop(body, "tasks", "tells people what to do", {"step": step.id, **data})


def _call(body: Body, step: Step, call: Webhook) -> dict[str, Any]:
    data: dict[str, Json] = {"userId": Value("user.id")}
    for name in call.fields:
        found = _property(body, name)
        if found:
            data[name] = Value(f"user.{found}")
            continue
        how = f"a webhook without `{name}`: no event that could be quoted starts the flow"
        lossy = "the field is left out"
        span = call.origin.key_span("fields")
        body.export.lowering.note("step.call", step.id, span, how, Support.REFUSED, lossy)
    if VARIABLE.fullmatch(call.url):
        note = "address that a step calls, as in the environment"
        body.export.lowering.need("secret", call.url, note)
        return webhooks.template(Text(webhooks.secret(call.url)), data, call.method)
    return webhooks.template(call.url, data, call.method)


def _property(body: Body, name: str) -> str:
    """Return the user property that says a fact or message variable, "" where none can."""
    if name in terms.PERSON:
        return terms.PERSON[name]
    if name.startswith(_OF_EVENTS):
        run = (body.scope.event, body.scope.key)
        path = name.removeprefix("trigger.")
        return body.export.event_property(path, [run]) if body.scope.event else ""
    trait = terms.identifier(name)
    body.export.lowering.need("trait", trait, "a trait of the customer that the shop keeps")
    return body.export.trait_property(trait)


def _gift(body: Body, gift: Gift) -> dict[str, Json]:
    if gift.points is not None:
        return {"points": gift.points}
    if gift.credit is not None:
        currency = body.export.playbook.currency
        return {"credit": tests.number(gift.credit.amount), "currency": currency}
    body.export.offers.add(gift.offer)
    return {"offer": gift.offer}


def _membership(outside: OutsideAudience) -> dict[str, Json]:
    data: dict[str, Json] = {"do": "add" if outside.add else "remove"}
    data["audience"] = outside.add or outside.remove
    if outside.at_most is not None:
        data["at_most"] = str(outside.at_most)
    if outside.leave_on:
        data["leave_on"] = list(outside.leave_on)
    return data


def _change(body: Body, step: Step, change: Change) -> dict[str, Any]:
    """Return a call of Dittofeed's own interface that changes what it knows of the customer."""
    export = body.export
    export.lowering.need("secret", terms.API_SECRET, "address of Dittofeed, without /api")
    if change.deed == SUPPRESS:
        export.lowering.need("secret", terms.ADMIN_KEY_SECRET, "Bearer and an admin API key")
        changes = {export.group(change.name): False}
        data: dict[str, Json] = {
            "workspaceId": Text("{{ workspace_id }}"),
            "userUpdates": [{"userId": Value("user.id"), "changes": changes}],
        }
        headers = {"Authorization": Text(webhooks.secret(terms.ADMIN_KEY_SECRET))}
        path = "/api/admin/subscription-groups/assignments"
        return webhooks.template(webhooks.api(path), data, "PUT", headers)
    export.lowering.need("secret", terms.WRITE_KEY_SECRET, "Basic and a public write key")
    if change.deed == FIELD:
        trait, value = terms.identifier(change.name), _plain(change.value)
    else:
        trait, value = terms.tag_trait(change.name), change.deed == TAG
    export.updates[terms.node_name(body.flow.id, step.step_id)] = (trait, value)
    return _identify(trait, value, ())


def send_traits_along(export: Export) -> None:
    """Let every change of a trait repeat the traits whose absence some segment asks for.

    Dittofeed asks `NotEquals` and `NotExists` of the latest identify call alone: one that names a
    single trait would make the customer forget all others.
    """
    asked = {
        node["path"]
        for definition in export.segments.values()
        for node in (definition["entryNode"], *definition["nodes"])
        if node["type"] == "Trait" and node["operator"]["type"] in ("NotEquals", "NotExists")
    }
    for name, (trait, value) in export.updates.items():
        along = [export.trait_property(one) for one in sorted(asked - {trait})]
        export.template(name, _identify(trait, value, along))


def _identify(trait: str, value: Json, along: Sequence[str]) -> dict[str, Any]:
    headers = {"Authorization": Text(webhooks.secret(terms.WRITE_KEY_SECRET))}
    return webhooks.template(
        webhooks.api("/api/public/apps/identify"),
        webhooks.traits_of(trait, value),
        headers=headers,
        traits=along,
    )


def _plain(value: FactValue | None) -> Json:
    if value is None or isinstance(value, bool | str):
        return value
    return tests.number(magnitude(value))
