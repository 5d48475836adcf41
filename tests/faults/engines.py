"""Small honest models of the engines: what they store, refuse, list and limit.

Written from the vendors' documents and not from our adapters, so that a mistake there shows here:
the limits, the headers, the pages of the lists, what may be created twice and what not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, unquote

KEY = "canary-4f1d9b7c2e8a6053"
APP = "canary-app-77aa19e3"
DAY = 86_400.0


@dataclass
class Object:
    """One object of an engine. `listed_at` is when lists begin to show it."""

    id: str
    where: str
    title: str
    data: dict[str, Any]
    listed_at: float = 0.0


@dataclass
class Engine:
    """What all models share."""

    objects: dict[str, Object] = field(default_factory=dict)
    made: int = 0

    name: ClassVar[str] = ""
    secrets: ClassVar[tuple[str, ...]] = (KEY,)
    # (method, path as a pattern) -> windows of (calls, seconds); the first that fits counts.
    limits: ClassVar[tuple[tuple[str, str, tuple[tuple[int, float], ...]], ...]] = ()

    def allowed(self, headers: dict[str, str]) -> bool:
        raise NotImplementedError

    def answer(
        self, method: str, path: str, query: str, body: Any, now: float, lag: float
    ) -> tuple[int, Any]:
        raise NotImplementedError

    def is_active(self, one: Object) -> bool:
        raise NotImplementedError

    def windows(self, method: str, path: str) -> tuple[str, tuple[tuple[int, float], ...]]:
        for verb, pattern, windows in self.limits:
            if verb in (method, "*") and re.fullmatch(pattern, path):
                return f"{verb} {pattern}", windows
        return "", ()

    def listed(self, where: str, now: float) -> list[Object]:
        return [one for one in self.objects.values() if one.where == where and one.listed_at <= now]


def _unfilled(body: Any) -> bool:
    return "${" in json.dumps(body)


class Klaviyo(Engine):
    name = "klaviyo"
    limits = (
        ("POST", "/api/flows", ((1, 1), (15, 60), (100, DAY))),
        ("POST", "/api/segments", ((1, 1), (15, 60), (100, DAY))),
        ("PATCH", "/api/segments/.*", ((1, 1), (15, 60), (100, DAY))),
        ("POST", "/api/coupons", ((3, 1), (60, 60))),
        ("PATCH", "/api/coupons/.*", ((3, 1), (60, 60))),
        ("GET", "/api/flows", ((3, 1), (60, 60))),
        ("GET", "/api/flows/.*", ((3, 1), (60, 60))),
        ("GET", "/api/metrics", ((10, 1), (150, 60))),
        ("*", "/api/.*", ((75, 1), (750, 60))),
    )
    page = 2
    metrics = (
        "Opened Email",
        "Placed Order",
        "Clicked Email",
        "Started Checkout",
        "Subscribed to Email Marketing",
        "Viewed Product",
        "Delivered Shipment",
        "Gave Feedback",
    )

    def allowed(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Klaviyo-API-Key {KEY}" and bool(
            re.fullmatch(r"\d{4}-\d\d-\d\d", headers.get("revision", ""))
        )

    def answer(
        self, method: str, path: str, query: str, body: Any, now: float, lag: float
    ) -> tuple[int, Any]:
        parts = [unquote(one) for one in path.strip("/").split("/")]
        if path == "/api/metrics":
            found = [
                Object(f"M{n}", path, name, {"name": name}) for n, name in enumerate(self.metrics)
            ]
            return self._list(found, path, query)
        where = f"/api/{parts[1]}"
        if parts[1] not in ("flows", "segments", "templates", "coupons"):
            return 404, _errors("not_found", "no such resource")
        if len(parts) == 2:
            if method == "GET":
                return self._list(self.listed(where, now), path, query)
            return self._create(where, parts[1][:-1], body, now + lag)
        one = self.objects.get(f"{where}/{parts[2]}")
        if one is None:
            return 404, _errors("not_found", f"there is no {parts[2]}")
        if method == "PATCH":
            data = body["data"]
            if where == "/api/flows" or data["id"] != one.id or _unfilled(body):
                return 400, _errors("invalid", "cannot be changed")
            if "external_id" in data["attributes"] or "editor_type" in data["attributes"]:
                return 400, _errors("invalid", "read only")
            one.data.update(data["attributes"])
            one.title = one.data.get("name", one.title)
        return 200, {"data": self._shown(one)}

    def _create(self, where: str, kind: str, body: Any, listed_at: float) -> tuple[int, Any]:
        data = body["data"]
        attributes = data["attributes"]
        if data["type"] != kind or _unfilled(body) or "id" in data:
            return 400, _errors("invalid", "not a payload to create this")
        if kind == "flow":
            ids = {one.id for one in self.objects.values()}
            for wanted in re.findall(r'"(?:template_id|id)": "((?:TPL|SEG)\w*)"', json.dumps(body)):
                if wanted not in ids:
                    return 400, _errors("invalid", f"there is no {wanted}")
        title = attributes.get("name") or attributes.get("external_id")
        if kind == "coupon" and f"{where}/{title}" in self.objects:
            return 409, _errors("duplicate", "this coupon exists")
        self.made += 1
        made = title if kind == "coupon" else f"{kind[:3].upper()}{self.made:04}"
        if kind == "template":
            made = f"TPL{self.made:04}"
        more = {"status": "draft"} if kind == "flow" else {}
        one = Object(made, where, title, {**attributes, **more}, listed_at)
        self.objects[f"{where}/{made}"] = one
        return 201, {"data": self._shown(one)}

    def _list(self, found: list[Object], path: str, query: str) -> tuple[int, Any]:
        asked = parse_qs(query)
        condition = asked.get("filter", [""])[0]
        if condition:
            name = re.fullmatch(r"equals\(name,(\".*\")\)", condition, re.DOTALL)
            if name is None:
                return 400, _errors("invalid", "no such filter")
            found = [one for one in found if one.title == json.loads(name[1])]
        start = int(asked.get("page[cursor]", ["0"])[0])
        rest = len(found) > start + self.page
        following = f"https://elsewhere.example{path}?page%5Bcursor%5D={start + self.page}"
        if condition:
            following += f"&filter={quote(condition, safe='')}"
        return 200, {
            "data": [self._shown(one) for one in found[start : start + self.page]],
            "links": {"next": following if rest else None},
        }

    def _shown(self, one: Object) -> dict[str, Any]:
        return {"type": one.where[5:-1], "id": one.id, "attributes": one.data}

    def is_active(self, one: Object) -> bool:
        return one.data.get("status", "draft") != "draft"


def _errors(code: str, detail: str) -> dict[str, Any]:
    return {"errors": [{"id": "1", "code": code, "title": code, "detail": detail}]}


class Voucherify(Engine):
    name = "voucherify"
    secrets = (KEY, APP)
    # The vendor publishes no number: the model takes one that is stricter than its usual plans.
    limits = (("*", "/.*", ((10, 1), (200, 60))),)
    page = 2
    prefixes = (
        ("card-definitions", "lcdef_"),
        ("earning-rules", "lern_"),
        ("tiers", "ltr_"),
        ("tier-structures", "lts_"),
        ("rewards", "lrew_"),
        ("benefits", "lben_"),
        ("programs", "lprg_"),
        ("campaigns", "camp_"),
        ("validation-rules", "val_"),
        ("segments", "seg_"),
    )

    def allowed(self, headers: dict[str, str]) -> bool:
        return headers.get("x-app-id") == APP and headers.get("x-app-token") == KEY

    def answer(
        self, method: str, path: str, query: str, body: Any, now: float, lag: float
    ) -> tuple[int, Any]:
        last = path.rpartition("/")[2]
        if re.fullmatch(r"/v2/loyalties/programs/\w+/rewards(/batch)?", path):
            return self._assignments(method, path, parse_qs(query), body, now)
        prefix = dict(self.prefixes).get(last)
        if prefix is None:
            where, _, name = path.rpartition("/")
            one = self.objects.get(f"{where}/{name}")
            if one is None:
                return 404, {"code": 404, "key": "not_found", "message": f"no {name}"}
            if method == "PUT":
                if _unfilled(body) or {"status", "active"} & body.keys():
                    return 400, {"code": 400, "key": "invalid", "message": "not to be set so"}
                one.data.update(body)
                one.title = one.data.get("name", one.title)
            return 200, one.data
        if method == "GET":
            return self._list(path, parse_qs(query), now)
        owner = re.fullmatch(r"/v2/loyalties/(tier-structures|programs)/(\w+)/[\w-]+", path)
        parents = {one.id for one in self.objects.values()}
        if owner is not None and owner[2] not in parents:
            return 404, {"code": 404, "key": "not_found", "message": "no such parent"}
        if _unfilled(body) or "id" in body or not body.get("name"):
            return 400, {"code": 400, "key": "invalid_payload", "message": "not to be created"}
        named = [one for one in self.objects.values() if one.where == path]
        if path == "/v1/campaigns" and any(one.title == body["name"] for one in named):
            return 400, {"code": 400, "key": "duplicate_found", "message": "Duplicate resource"}
        self.made += 1
        made = f"{prefix}{self.made:06x}"
        state = {} if path.startswith("/v1/") or last == "tiers" else {"status": "DRAFT"}
        one = Object(made, path, body["name"], {**state, **body, "id": made}, now + lag)
        self.objects[f"{path}/{made}"] = one
        return 200, one.data

    def _assignments(
        self, method: str, path: str, asked: dict[str, list[str]], body: Any, now: float
    ) -> tuple[int, Any]:
        """Answer for the rewards of a programme: assigning one a second time is a conflict."""
        where = path.removesuffix("/batch")
        if method == "GET":
            return self._list(where, asked, now)
        wanted = [one["id"] for one in body["assign"]]
        if any(f"{where}/{one}" in self.objects for one in wanted):
            return 409, {"code": 409, "key": "duplicate", "message": "assigned already"}
        if any(f"/v2/loyalties/rewards/{one}" not in self.objects for one in wanted):
            return 404, {"code": 404, "key": "not_found", "message": "no such reward"}
        for one in wanted:
            data = {"reward_id": one, "object": "assignment"}
            self.objects[f"{where}/{one}"] = Object(one, where, one, data, now)
        return 200, {"assigned": [{"reward_id": one} for one in wanted], "unassigned": None}

    def _list(self, path: str, asked: dict[str, list[str]], now: float) -> tuple[int, Any]:
        found = self.listed(path, now)
        size = min(int(asked.get("limit", ["10"])[0]), 100)
        if path.startswith("/v2/"):
            size = self.page
            start = int(asked.get("cursor", ["lcrs_0"])[0].rpartition("_")[2])
            more = len(found) > start + size
            cursor = {"next": f"lcrs_{start + size}" if more else None}
            rows = [one.data for one in found[start : start + size]]
            return 200, {"object": "list", "data_ref": "data", "data": rows, "cursor": cursor}
        start = (int(asked.get("page", ["1"])[0]) - 1) * size
        key = path.rpartition("/")[2]
        rows = [one.data for one in found[start : start + size]]
        return 200, {"object": "list", "data_ref": key, key: rows, "total": len(found)}

    def is_active(self, one: Object) -> bool:
        return one.data.get("status") == "ACTIVE" or one.data.get("active") is True


class Dittofeed(Engine):
    name = "dittofeed"
    limits = (("*", "/.*", ((20, 1),)),)

    def allowed(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {KEY}"

    def answer(
        self, method: str, path: str, query: str, body: Any, now: float, lag: float
    ) -> tuple[int, Any]:
        del lag  # its lists are its table
        where = path.rstrip("/")
        kind = where.rpartition("/")[2]
        if not where.startswith("/api/admin/"):
            return 404, {"message": "no such route"}
        if method == "GET":
            workspace = parse_qs(query).get("workspaceId", [""])[0]
            rows = [
                one.data for one in self.listed(where, now) if one.data["workspaceId"] == workspace
            ]
            return 200, {_plural(kind): rows}
        if method != "PUT" or _unfilled(body) or not body.get("workspaceId"):
            return 400, {"message": "body does not match the schema"}
        named = [one for one in self.objects.values() if one.where == where]
        one = self.objects.get(f"{where}/{body['id']}")
        if any(other.title == body.get("name") and other is not one for other in named):
            return 400, {"message": "name is taken by another id"}
        if one is None:
            self.made += 1
            one = Object(body["id"], where, body["name"], {"status": "NotStarted"}, now)
            self.objects[f"{where}/{one.id}"] = one
        elif "journeys" in where and body.get("status", one.data["status"]) != one.data["status"]:
            return 400, {"message": "a journey cannot go back to NotStarted"}
        one.data.update(body)
        one.title = body["name"]
        return 200, one.data

    def is_active(self, one: Object) -> bool:
        return "journeys" in one.where and one.data["status"] in ("Running", "Broadcast")


def _plural(kind: str) -> str:
    first, *rest = kind.split("-")
    return first + "".join(one.capitalize() for one in rest)


ENGINES: dict[str, Callable[[], Engine]] = {
    "klaviyo": Klaviyo,
    "voucherify": Voucherify,
    "dittofeed": Dittofeed,
}


def names() -> Iterator[str]:
    """Yield the engines."""
    yield from ENGINES
