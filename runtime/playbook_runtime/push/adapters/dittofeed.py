"""Dittofeed: objects are put under the id that we give them, so that putting twice makes one.

Self-hosted or in its cloud. A journey that was started cannot go back to "not started", so an
update says nothing of its status, and one that is not paused is left alone. The vendor states no
limits: those here are ours, not to load a small host.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from playbook_runtime.push.adapter import Adapter, Remote, owned
from playbook_runtime.push.calls import Ask, Call
from playbook_runtime.push.rates import Rate, Window
from playbook_runtime.push.wanted import Wanted

_OWNED: Final = ("name", "definition", "canRunMultiple", "channel", "type")
_VOLATILE: Final = frozenset({"updatedAt", "createdAt", "lastRecomputed"})
_OFF: Final = ("NotStarted", "Paused", None)


def _headers(keys: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "Authorization": f"Bearer {keys['PLAYBOOK_DITTOFEED_KEY']}",
        "Accept": "application/json",
        "Content-Type": "application/json",
    }


def _where(_wanted: Wanted, payload: Any, path: str) -> str:
    return f"{path}?{urlencode({'workspaceId': payload['workspaceId']})}"


def _title(payload: Any) -> str:
    return str(payload["name"])


def _titled(payload: Any, title: str) -> Any:
    return {**payload, "name": title}


def _items(where: str, ask: Ask) -> Iterator[Any]:
    """Yield the objects of a list: its answer has them under the one key that is a list."""
    for value in (ask(where) or {}).values():
        if isinstance(value, list):
            yield from value


def _find(where: str, _title: str, uuid: str, ask: Ask) -> tuple[str, ...]:
    return tuple(str(one["id"]) for one in _items(where, ask) if one["id"] == uuid)


def _read(where: str, remote: str, ask: Ask) -> Remote | None:
    found = next((one for one in _items(where, ask) if one["id"] == remote), None)
    if found is None:
        return None
    active = "/journeys" in where and found.get("status") not in _OFF
    return Remote(remote, _title(found), owned(found, _OWNED, _VOLATILE), active)


def _create(wanted: Wanted, path: str, payload: Any) -> Call:
    what = f"create {wanted.kind} `{wanted.name}`"
    return Call(wanted.method, path, payload, what=what, seed=wanted.uuid)


def _update(where: str, remote: str, payload: Any) -> Call:
    path = where.partition("?")[0]
    body = {name: value for name, value in payload.items() if name != "status"}
    return Call("PUT", path, body, what=f"update `{_title(payload)}`", seed=remote)


def _made(_body: Any, uuid: str) -> str:
    return uuid


def _fields(payload: Any) -> Any:
    return owned(payload, _OWNED, _VOLATILE)


def _resolve(_kind: str, _name: str, _ask: Ask) -> tuple[tuple[str, str], ...]:
    return ()


ADAPTER: Final = Adapter(
    name="dittofeed",
    title="Dittofeed",
    base="https://app.dittofeed.com",
    base_variable="PLAYBOOK_DITTOFEED_URL",
    secrets=("PLAYBOOK_DITTOFEED_KEY",),
    headers=_headers,
    rates=(Rate("*", "/", (Window(10, 1),)),),
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
    switched=frozenset({"journey"}),
)
