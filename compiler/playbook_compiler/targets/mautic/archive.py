"""The file that Mautic imports: `entity_data.json` in a ZIP that is stored, not compressed.

Mautic refuses archives that shrink to a tenth, as JSON does. The time in it is fixed, so that the
same playbook gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile

DATA_FILE = "entity_data.json"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE = 0o644


def archive(data: bytes) -> bytes:
    """Return the archive of the data."""
    entry = zipfile.ZipInfo(DATA_FILE, _LONG_AGO)
    entry.create_system = _UNIX
    entry.external_attr = _READABLE << 16
    entry.compress_type = zipfile.ZIP_STORED
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as made:
        made.writestr(entry, data)
    return whole.getvalue()
