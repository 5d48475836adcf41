"""The JSON Schema for editors: generated, fresh, and no stricter than the reader."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.compiler.playbooks import HEAD, MESSAGES, read
from tests.compiler.test_plan import CASES, NAMES
from tests.compiler.test_resolve import FLOW_MISTAKES, MISTAKES

from playbook_compiler.decode import decode
from playbook_compiler.document import Data
from playbook_compiler.include import read_sources
from playbook_compiler.parse import parse
from playbook_compiler.plan import plan_schema
from playbook_compiler.schema import playbook_schema, schema_text

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
SCHEMA = playbook_schema()


def as_json(data: Data) -> Any:
    """Return a document's data as an editor sees it."""
    match data:
        case Decimal():
            return float(data)
        case dict():
            return {name: as_json(value) for name, value in data.items()}
        case list():
            return [as_json(item) for item in data]
        case _:
            return data


def complaints(text: str) -> list[str]:
    source, _ = decode("playbook.yaml", text.encode())
    assert source is not None
    document, _ = parse(source)
    assert document is not None
    validator = Draft202012Validator(SCHEMA)
    return [one.message for one in validator.iter_errors(as_json(document.data))]


@pytest.mark.parametrize(
    ("file", "schema"),
    [("playbook.schema.json", SCHEMA), ("plan.schema.json", plan_schema())],
)
def test_the_committed_schemas_are_fresh(file: str, schema: dict[str, Any], update: bool) -> None:
    path = REFERENCE / file
    if update:
        path.write_text(schema_text(schema), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == schema_text(schema), "pytest --update rewrites it"
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", NAMES)
def test_what_the_reader_accepts_the_schema_accepts(name: str) -> None:
    sources, _, _ = read_sources(str(CASES / name))
    assert sources is not None
    assert complaints(sources.main.source.text) == []


@pytest.mark.parametrize(
    "text",
    [
        "name: 4711\n",
        "stages: {growth: {enter: orders_per_month >= 30}}\n",
        "assume: {sign_up: 40 per 1mo, link_clicked: 4%}\n",
        "guardrails: {frequency: {at_most: 3, per: 7d}, when_capped: skip, holdout: 10%}\n",
        "offers: {a: {points: 100}, b: {amount_off: 5}, c: {credit: 5.50, code: 1234}}\n",
        "audiences: {a: orders > 3, b: {where: orders > 3}}\n",
        "products: products.csv\n",
    ],
)
def test_every_short_form_is_in_the_schema(tmp_path: Path, text: str) -> None:
    (tmp_path / "products.csv").write_text("sku\nsencha\n", encoding="utf-8")
    whole = (HEAD if "name:" not in text else HEAD.replace("name: leaf-and-steam\n", "")) + text
    assert read(tmp_path, whole).playbook is not None
    assert complaints(whole) == []


@pytest.mark.parametrize("name", ["unknown section", "empty flows", "bare fraction",
                                  "quiet hours on a clock of 25", "caps without a window",
                                  "negative discount", "id with capitals"])  # fmt: skip
def test_the_schema_sees_what_needs_no_knowledge_of_names(name: str) -> None:
    assert complaints(HEAD + MISTAKES[name][0])


@pytest.mark.parametrize("name", ["step of no kind", "step of two kinds", "wait without a unit",
                                  "split of one arm", "no trigger"])  # fmt: skip
def test_the_schema_sees_wrong_steps(name: str) -> None:
    assert complaints(f"{HEAD}{MESSAGES}flows:\n  it:\n    {FLOW_MISTAKES[name][0]}\n")


def test_every_key_is_described() -> None:
    for name, definition in {"playbook": SCHEMA, **SCHEMA["$defs"]}.items():
        for key, entry in definition.get("properties", {}).items():
            assert entry.get("description"), f"{name}.{key}"
