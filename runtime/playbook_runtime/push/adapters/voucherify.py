"""Voucherify: v2 loyalties and v1 campaigns, ids given by the engine, no idempotency keys.

Names are looked for in the lists, page by page: not every list can be filtered by name. How many
calls a minute an account may make is a matter of its contract; the limits here are careful ones of
our own, and what the engine says goes before them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from playbook_runtime.push.adapter import Adapter, Remote, owned
from playbook_runtime.push.calls import Ask, Call
from playbook_runtime.push.rates import Rate, Window
from playbook_runtime.push.wanted import Wanted

_PAGE: Final = 100
# Not an object but an assignment of several: it is known by the ids that it assigns.
_ASSIGNMENT: Final = "/batch"
_SWITCHES: Final = ("status", "active")
_VOLATILE: Final = frozenset(
    {
        "created_at",
        "updated_at",
        "status",
        "active",
        "vouchers_count",
        "vouchers_generation_status",
        "creation_status",
        "processing_status",
        "stats",
        "rules_assigned_count",
        "assignments_count",
    }
)


def _headers(keys: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "X-App-Id": keys["PLAYBOOK_VOUCHERIFY_ID"],
        "X-App-Token": keys["PLAYBOOK_VOUCHERIFY_KEY"],
        "Accept": "application/json",
        "Content-Type": "application/json",
    }


def _where(_wanted: Wanted, _payload: Any, path: str) -> str:
    return path


def _title(payload: Any) -> str:
    if "assign" in payload:
        return ",".join(sorted(str(one["id"]) for one in payload["assign"]))
    return str(payload["name"])


def _titled(payload: Any, title: str) -> Any:
    return {**payload, "name": title}


def _assigned(where: str, ids: str, ask: Ask) -> bool:
    """Return whether all of some ids are in the list that an assignment writes to."""
    there = {_assigned_id(one) for one in _items(where.removesuffix(_ASSIGNMENT), ask)}
    return there >= set(ids.split(","))


def _items(where: str, ask: Ask) -> Iterator[Any]:
    """Yield the objects of a list: v2 goes on by a cursor, v1 by numbered pages."""
    by_cursor = where.startswith("/v2/")
    query: dict[str, Any] = {"limit": _PAGE} if by_cursor else {"limit": _PAGE, "page": 1}
    while True:
        body = ask(f"{where}?{urlencode(query)}") or {}
        found = body.get(str(body.get("data_ref", "data"))) or ()
        yield from found
        if by_cursor:
            following = (body.get("cursor") or {}).get("next")
            if not following:
                return
            query["cursor"] = following
        else:
            if len(found) < _PAGE:
                return
            query["page"] += 1


def _assigned_id(one: Any) -> str:
    return str(one.get("reward_id") or one.get("id"))


def _find(where: str, title: str, _uuid: str, ask: Ask) -> tuple[str, ...]:
    if where.endswith(_ASSIGNMENT):
        return (title,) if _assigned(where, title, ask) else ()
    return tuple(str(one["id"]) for one in _items(where, ask) if one.get("name") == title)


def _read(where: str, remote: str, ask: Ask) -> Remote | None:
    if where.endswith(_ASSIGNMENT):
        return Remote(remote, remote, remote) if _assigned(where, remote, ask) else None
    found = ask(f"{where}/{quote(remote, safe='')}")
    if found is None:
        return None
    active = found.get("status") == "ACTIVE" or found.get("active") is True
    return Remote(
        str(found["id"]), str(found.get("name")), owned(found, tuple(found), _VOLATILE), active
    )


def _create(wanted: Wanted, path: str, payload: Any) -> Call:
    what = f"create {wanted.kind} `{wanted.name}`"
    return Call(wanted.method, path, payload, repeatable=False, what=what, seed=wanted.uuid)


def _update(where: str, remote: str, payload: Any) -> Call:
    what = f"update `{_title(payload)}`"
    if where.endswith(_ASSIGNMENT):
        return Call("POST", where, payload, repeatable=False, what=what, seed=remote)
    # Drafts become active by calls of their own: an update says nothing of it.
    body = {name: value for name, value in payload.items() if name not in _SWITCHES}
    return Call("PUT", f"{where}/{quote(remote, safe='')}", body, what=what, seed=remote)


def _made(body: Any, _uuid: str) -> str:
    if "assigned" in body:
        return ",".join(sorted(_assigned_id(one) for one in body["assigned"] or ()))
    return str(body["id"])


def _fields(payload: Any) -> Any:
    return owned(payload, tuple(payload), _VOLATILE)


def _resolve(_kind: str, _name: str, _ask: Ask) -> tuple[tuple[str, str], ...]:
    return ()


ADAPTER: Final = Adapter(
    name="voucherify",
    title="Voucherify",
    base="https://api.voucherify.io",
    base_variable="PLAYBOOK_VOUCHERIFY_URL",
    secrets=("PLAYBOOK_VOUCHERIFY_ID", "PLAYBOOK_VOUCHERIFY_KEY"),
    headers=_headers,
    rates=(Rate("*", "/", (Window(5, 1), Window(120, 60))),),
    where=_where,
    title_in=_title,
    titled=_titled,
    find=_find,
    read=_read,
    create=_create,
    update=_update,
    made=_made,
    fields=_fields,
    resolve=_resolve,
    drafts=frozenset({"segment"}),  # its segments have no call to change them
    switched=frozenset(
        {
            "benefit",
            "campaign",
            "card-definition",
            "earning-rule",
            "program",
            "reward",
            "tier-structure",
        }
    ),
)
