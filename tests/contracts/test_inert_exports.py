"""What authors and customers write comes out as text in every artefact of every target.

One playbook holds every dangerous beginning in every place that takes a text. No file of an export
may hold it as markup, as a formula, as a template, or as code.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from tests.properties.language_texts import as_json, graph_of, read_text

from playbook_compiler.export.bundle import LOWERING_FILE, REQUESTS_FILE, ExportBundle
from playbook_compiler.export.capability import Target
from playbook_compiler.export.registry import all_targets

TARGETS = all_targets()
DANGERS = (
    "=cmd|' /C calc'!A0",
    "+1+cmd",
    "@SUM(1)",
    "</script><script>canary(1)</script>",
    "{{ canary.x }} {% canary %} {{{canary}}}",
    "]]><canary/>",
    '" onerror="canary(1)" x="',
    "={{ $canary.x }}",
    "`canary` \\ ' ; ${canary} <!-- canary",
    "{contactfield=canary} {unsubscribe_url}",
    "${ref:flow.none.id} ${lookup:metric.none}",
    "line one\n=canary(2)\n- [ ] canary\n```\n{canary}",
)
_TAGS = re.compile(r"\{\{\{?\s*\$?canary|\{%\s*canary|\{#\s*canary")
# What each engine fills in: the keys of its payloads that it reads as templates, and its marks. In
# the others (names, values that are compared) a brace is a brace.
_FILLED_IN = {
    "mautic": (
        *("custom_html", "customHtml", "plain_text", "plainText", "subject", "message", "body"),
        *("from_name", "fromName", "preheader_text", "preheaderText"),
    ),
    "klaviyo": (
        *("html", "text", "subject_line", "preview_text", "title", "body", "from_label"),
        *("url", "property_value"),
    ),
    "dittofeed": ("html", "body", "subject", "from", "title", "replyTo", "previewText"),
    "resend": ("html", "text", "subject", "from", "previewText", "preview_text"),
}
# Engines that read pages as templates.
_READ = ("klaviyo", "dittofeed", "resend", "mautic")
_TOKEN = re.compile(r"\{contactfield=canary")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def _data(danger: str) -> dict[str, Any]:
    line = " ".join(danger.split())
    quoted = '"' + line.replace('"', "'").replace("\\", "/") + '"'
    return {
        "playbook": 1,
        "name": line,
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "sender": {"name": line, "email": "hello@leaf.example", "address": line},
        "facts": {"favourite": "text", "hobbies": "tags"},
        "audiences": {"core": f"favourite = {quoted}"},
        "offers": {
            "shared": {"gift": line, "code": line, "cost": "1.00", "valid": "10d"},
            "own": {"percent_off": "10%", "valid": "10d"},
        },
        "programmes": {
            "points": {
                "name": line,
                "earn": [{"event": "order_paid", "points": "1 per EUR"}],
                "redeem": [{"points": 100, "for": {"gift": line, "cost": "1.00"}}],
            },
            "tiers": {
                "name": line,
                "basis": "revenue over 1y",
                "levels": {"low": 0, "high": 100},
                "rights": {"high": [{"own": line}]},
            },
        },
        "messages": {
            "hello": {
                "subject": line,
                "preview": line,
                "body": f"{danger}\n\n{{{{ offer.code }}}}",
            },
            "text": {"channel": "sms", "body": danger},
            "ping": {"channel": "push", "subject": line, "body": danger},
        },
        "checklists": {"ours": [{"item": line, "owner": line, "every": "1mo"}]},
        "flows": {
            "first": {
                "strategy": line,
                "about": danger,
                "trigger": {"event": "order_placed", "where": "audience(core)"},
                "steps": [
                    {"send": "hello", "offer": "shared"},
                    {"send": "text"},
                    {"wait": "1d"},
                    {"send": "ping"},
                    {"update": {"tag": line}},
                    {"update": {"favourite": line}},
                    {"task": danger, "owner": line},
                    {"call": {"url": "https://crm.leaf.example/hook", "fields": ["email"]}},
                    {
                        "if": f"hobbies has {quoted}",
                        "then": [{"exit": line}],
                    },
                    {"id": "again", "send": "hello", "offer": "own"},
                ],
            }
        },
    }


@cache
def _bundle(target: str, danger: str) -> ExportBundle:
    graph = graph_of(read_text(as_json(_data(danger))))
    bundle, findings = TARGETS[target].export(graph, allow_lossy=True)
    assert bundle is not None, [one.message for one in findings]
    return bundle


class _Page(HTMLParser):
    """Collects the tags of a page, and the text in it."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "canary", "img"):
            self.bad.append(tag)
        for name, value in attrs:
            scheme = (value or "").strip().lower()
            if name.startswith("on") or scheme.startswith(("javascript:", "data:", "vbscript:")):
                self.bad.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        if "canary" in data:
            self.bad.append(f"comment {data}")


def _files(bundle: ExportBundle) -> Iterator[tuple[str, bytes]]:
    for name, content in bundle.files.items():
        if name.endswith(".zip"):
            with ZipFile(io.BytesIO(content)) as archive:
                yield from ((f"{name}/{one}", archive.read(one)) for one in archive.namelist())
        else:
            yield name, content


def _strings(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Return every text in JSON with the nearest key above it."""
    match data:
        case str():
            yield key, data
        case list():
            for one in data:
                yield from _strings(one, key)
        case dict():
            for name, one in data.items():
                yield from _strings(one, name)


def _is_html(text: str) -> bool:
    return bool(re.match(r"\s*<(?:!doctype|html|p|div)\b", text, re.IGNORECASE))


def _wrong_in_page(text: str) -> list[str]:
    page = _Page()
    page.feed(text)
    page.close()
    return page.bad


def _wrong_in_json(target: str, text: str) -> list[str]:
    data = json.loads(text)
    strings = list(_strings(data))
    found = [bad for _, one in strings if _is_html(one) for bad in _wrong_in_page(one)]
    if target == "n8n":  # an expression is a parameter that begins with `=`
        read = [one for _, one in _strings([node["parameters"] for node in data.get("nodes", [])])]
        found += [one for one in read if one.startswith("=") and not one.startswith("={{")]
        found += [one for one in read if one.startswith("=") and _TAGS.search(one)]
    filled_in, marks = _FILLED_IN.get(target, ()), _TOKEN if target == "mautic" else _TAGS
    found += [one for key, one in strings if key in filled_in and marks.search(one)]
    return found


def _wrong(target: str, name: str, content: bytes) -> list[str]:
    """Return what is live in a file that should be text."""
    text = content.decode("utf-8")
    match name.rpartition(".")[2]:
        case "json":
            return _wrong_in_json(target, text)
        case "html":
            marks = _TOKEN if target == "mautic" else _TAGS
            found = [one[0] for one in marks.finditer(text)] if target in _READ else []
            return found + _wrong_in_page(text)
        case "csv":
            rows = csv.reader(io.StringIO(text, newline=""))
            return [cell for row in rows for cell in row if cell.startswith(_FORMULA)]
        case "bpmn" | "xml":
            tree = ElementTree.fromstring(text)
            return [one.tag for one in tree.iter() if "canary" in one.tag]
        case "md":
            return [] if "<script" not in text and "<canary" not in text else ["markup"]
        case _:
            return []


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("danger", DANGERS)
def test_no_file_holds_it_live(target: Target, danger: str) -> None:
    bundle = _bundle(target.name, danger)
    told = (LOWERING_FILE, REQUESTS_FILE)
    wrong = {
        name: found
        for name, content in _files(bundle)
        if name not in told and (found := _wrong(target.name, name, content))
    }
    assert wrong == {}


def test_the_looking_itself_finds_what_is_live() -> None:
    assert _wrong("klaviyo", "a.html", b"<p>{{ canary.x }}</p>")
    assert _wrong("mautic", "a.html", b"<p>{contactfield=canary}</p>")
    assert _wrong("manual", "a.html", b"<script>canary(1)</script>")
    assert _wrong("manual", "a.html", b'<a onerror="canary(1)">x</a>')
    assert _wrong("manual", "a.csv", b'x,"=cmd"\n')
    assert _wrong("bpmn", "a.bpmn", b"<a>]]&gt;<canary/></a>")
    assert _wrong("dittofeed", "a.json", b'{"body": "{% canary %}"}')
    assert not _wrong("dittofeed", "a.json", b'{"id": "{% canary %}"}')
    assert _wrong("resend", "a.json", b'{"html": "<p><script>canary(1)</script></p>"}')
    assert _wrong("n8n", "a.json", b'{"nodes": [{"parameters": {"to": "={{ $canary }}"}}]}')
    assert _wrong("n8n", "a.json", b'{"nodes": [{"parameters": {"to": ["=cmd"]}}]}')
    assert not _wrong("n8n", "a.json", b'{"name": "=cmd", "nodes": []}')
    assert _wrong("markdown", "a.md", b"<script>")
    assert not _wrong("klaviyo", "a.html", b"<p>&#123;{ canary }}</p>")
