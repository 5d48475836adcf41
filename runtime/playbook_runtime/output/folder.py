"""Writing a folder of results whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from playbook_compiler.export.bundle import REQUESTS_FILE, digest, is_as_written


class NotAnExport(Exception):
    """The folder holds something that no export wrote; the text says what, as a sentence."""


def write_export(path: Path, files: Mapping[str, bytes]) -> None:
    """Write files, by relative path, as the folder `path`, in place of an earlier export there.

    Everything is written beside it first and then takes its place by renaming, so that a fault
    leaves the old export or none. Raises NotAnExport, OSError.
    """
    target = Path(os.path.realpath(path))
    _refuse_foreign(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
    try:
        for name, content in files.items():
            place = fresh / PurePosixPath(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        fresh.chmod(0o777 & ~_mask())
        _take_place(fresh, target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _take_place(fresh: Path, target: Path) -> None:
    """Rename `fresh` to `target`; an older folder there stays until the new one stands."""
    if not target.exists():
        fresh.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.old.", dir=target.parent))
    try:
        target.rename(old)  # onto an empty folder: POSIX replaces it
        fresh.rename(target)
    except BaseException:
        with suppress(OSError):
            if not target.exists():
                old.rename(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    """Raise NotAnExport unless the folder is absent, empty, or holds an earlier export only."""
    if not target.exists():
        return
    if not target.is_dir():
        raise NotAnExport("it is a file")
    first = min((file.name for file in target.iterdir()), default="")
    if not first:
        return
    if not (target / REQUESTS_FILE).is_file():
        raise NotAnExport(f"it holds {first}, which no export wrote")
    found = {
        file.relative_to(target).as_posix()
        for file in target.rglob("*")
        if not file.is_dir() or file.is_symlink()
    }
    written = _written(target / REQUESTS_FILE)
    foreign = sorted(found - set(written))
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise NotAnExport(f"it holds {foreign[0]}{more}, which no export wrote")
    changed = sorted(
        name
        for name, told in written.items()
        if name in found and told not in ("", digest((target / name).read_bytes()))
    )
    if changed:
        more = f" and {len(changed) - 1} more were" if len(changed) > 1 else " was"
        raise NotAnExport(f"{changed[0]}{more} changed by hand since the last export")


def _written(requests: Path) -> dict[str, str]:
    """Return the files of the export that wrote this list, with their digests, if they have any."""
    try:
        listed = json.loads(requests.read_bytes())
        payloads = {str(one["payload"]): str(one["digest"]) for one in listed["requests"]}
        further = {str(name): str(digest) for name, digest in listed["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        why = f"its {REQUESTS_FILE} cannot be read, which lists the files of the export"
        raise NotAnExport(why) from None
    if not is_as_written(listed):
        raise NotAnExport(f"{REQUESTS_FILE} was changed by hand since the last export")
    return {REQUESTS_FILE: "", **payloads, **further}


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
