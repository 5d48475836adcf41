"""Klaviyo, revision 2026-07-15 of its API: no idempotency keys, flows that cannot be changed.

Limits are those of the vendor's specification, endpoint by endpoint. Where a list and a single
object have limits of their own, they share one here: that is less than what is allowed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from playbook_runtime.push.adapter import Adapter, Remote, owned
from playbook_runtime.push.calls import Ask, Call
from playbook_runtime.push.rates import Rate, Window
from playbook_runtime.push.wanted import Wanted

REVISION: Final = "2026-07-15"
_JSON: Final = "application/vnd.api+json"
_FEW: Final = (Window(1, 1), Window(15, 60), Window(100, 86_400))
_SMALL: Final = (Window(3, 1), Window(60, 60))
_MIDDLE: Final = (Window(10, 1), Window(150, 60))
_LARGE: Final = (Window(75, 1), Window(750, 60))
_RATES: Final = (
    Rate("POST", "/api/flows", _FEW),
    Rate("POST", "/api/segments", _FEW),
    Rate("PATCH", "/api/segments", _FEW),
    Rate("POST", "/api/coupons", _SMALL),
    Rate("PATCH", "/api/coupons", _SMALL),
    Rate("GET", "/api/flows", _SMALL),
    Rate("GET", "/api/metrics", _MIDDLE),
    Rate("*", "/api/", _LARGE),
)
_OWNED: Final = ("name", "definition", "html", "text", "external_id", "description")
# What changes when a person works with a flow there, or on its own.
_VOLATILE: Final = frozenset({"status", "updated", "created", "current_experiment"})
_NOT_CHANGED: Final = frozenset({"external_id", "editor_type"})
_COUPONS: Final = "/api/coupons"
_FLOWS: Final = "/api/flows"


def _headers(keys: Mapping[str, str]) -> Mapping[str, str]:
    return {
        "Authorization": f"Klaviyo-API-Key {keys['PLAYBOOK_KLAVIYO_KEY']}",
        "revision": REVISION,
        "Accept": _JSON,
        "Content-Type": _JSON,
    }


def _where(_wanted: Wanted, _payload: Any, path: str) -> str:
    return path


def _title(payload: Any) -> str:
    attributes = payload["data"]["attributes"]
    return str(attributes.get("name") or attributes.get("external_id"))


def _titled(payload: Any, title: str) -> Any:
    data = payload["data"]
    return {"data": {**data, "attributes": {**data["attributes"], "name": title}}}


def _find(where: str, title: str, _uuid: str, ask: Ask) -> tuple[str, ...]:
    if where == _COUPONS:  # a coupon's id is the external id that we give it
        found = ask(f"{where}/{quote(title, safe='')}")
        return () if found is None else (str(found["data"]["id"]),)
    return tuple(str(one["id"]) for one in _named(where, title, ask) if _name(one) == title)


def _named(where: str, name: str, ask: Ask) -> Iterator[Any]:
    equals = f"equals(name,{json.dumps(name, ensure_ascii=False)})"
    yield from _pages(f"{where}?{urlencode({'filter': equals})}", ask)


def _pages(path: str, ask: Ask) -> Iterator[Any]:
    """Yield the objects of a list, page by page. Only path and query of the next page are used."""
    while path:
        page = ask(path) or {}
        yield from page.get("data") or ()
        following = urlsplit((page.get("links") or {}).get("next") or "")
        path = f"{following.path}?{following.query}" if following.query else ""


def _name(one: Any) -> str:
    return str((one.get("attributes") or {}).get("name"))


def _read(where: str, remote: str, ask: Ask) -> Remote | None:
    more = "?additional-fields%5Bflow%5D=definition" if where == _FLOWS else ""
    found = ask(f"{where}/{quote(remote, safe='')}{more}")
    if found is None:
        return None
    data = found["data"]
    attributes = data["attributes"]
    active = where == _FLOWS and attributes.get("status") not in ("draft", None)
    return Remote(str(data["id"]), _name(data), owned(attributes, _OWNED, _VOLATILE), active)


def _create(wanted: Wanted, path: str, payload: Any) -> Call:
    what = f"create {wanted.kind} `{wanted.name}`"
    return Call(wanted.method, path, payload, repeatable=False, what=what, seed=wanted.uuid)


def _update(where: str, remote: str, payload: Any) -> Call:
    data = payload["data"]
    attributes = {
        name: value for name, value in data["attributes"].items() if name not in _NOT_CHANGED
    }
    body = {"data": {"type": data["type"], "id": remote, "attributes": attributes}}
    what = f"update {data['type']} `{_title(payload)}`"
    return Call("PATCH", f"{where}/{quote(remote, safe='')}", body, what=what, seed=remote)


def _made(body: Any, _uuid: str) -> str:
    return str(body["data"]["id"])


def _fields(payload: Any) -> Any:
    return owned(payload["data"]["attributes"], _OWNED, _VOLATILE)


def _resolve(kind: str, name: str, ask: Ask) -> tuple[tuple[str, str], ...]:
    """Metrics cannot be filtered by name, lists can."""
    found = _pages("/api/metrics", ask) if kind == "metric" else _named("/api/lists", name, ask)
    return tuple((str(one["id"]), _integration(one)) for one in found if _name(one) == name)


def _integration(one: Any) -> str:
    integration = one["attributes"].get("integration") or {}
    return f"from {integration['name']}" if integration.get("name") else ""


ADAPTER: Final = Adapter(
    name="klaviyo",
    title="Klaviyo",
    base="https://a.klaviyo.com",
    base_variable="PLAYBOOK_KLAVIYO_URL",
    secrets=("PLAYBOOK_KLAVIYO_KEY",),
    headers=_headers,
    rates=_RATES,
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
    resolvable=frozenset({"metric", "list"}),
    drafts=frozenset({"flow"}),
    copied=frozenset({"segment", "template"}),
    switched=frozenset({"flow"}),
)
