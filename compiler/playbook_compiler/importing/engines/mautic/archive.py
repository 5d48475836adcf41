"""A Mautic export: a ZIP with `entity_data.json`, a list of campaigns with what they need."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from playbook_compiler.diagnostics import Diagnostic, error
from playbook_compiler.importing.given import SIZE_LIMIT, Given
from playbook_compiler.importing.json_text import read_json
from playbook_compiler.source import Span

ENTITIES = "entity_data.json"


def read_entities(given: Given) -> tuple[list[dict[str, Any]] | None, list[Diagnostic]]:
    """Return the campaigns of an archive or of its JSON, or what is wrong with it."""
    name, raw = next(
        ((one, raw) for one, raw in given.files.items() if one.endswith((ENTITIES, ".zip"))),
        next(iter(given.files.items())),
    )
    shown = given.shown(name)
    if raw[:4] == b"PK\x03\x04" or name.endswith(".zip"):
        try:
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                inside = archive.getinfo(ENTITIES)
                if inside.file_size > SIZE_LIMIT or inside.flag_bits & 1:
                    return None, [_wrong(shown, "its entity_data.json is too large or locked")]
                with archive.open(inside) as file:
                    raw = file.read(SIZE_LIMIT + 1)
        except KeyError:
            return None, [_wrong(shown, "this archive holds no entity_data.json")]
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
            return None, [_wrong(shown, "this archive is damaged")]
        if len(raw) > SIZE_LIMIT:
            return None, [_wrong(shown, "its entity_data.json is too large")]
    data, findings = read_json(shown, raw)
    if findings:
        return None, findings
    listed = data if isinstance(data, list) else [data]
    campaigns = [one for one in listed if isinstance(one, dict) and "campaign" in one]
    if not campaigns:
        return None, [_wrong(shown, "there is no campaign of Mautic in this input")]
    return campaigns, []


def _wrong(path: str, message: str) -> Diagnostic:
    return error(
        "nothing-to-import",
        message,
        Span.of_file(path),
        help="export the campaign in Mautic and name the ZIP that it gives",
    )
