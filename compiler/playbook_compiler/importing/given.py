"""The input of an import: one file, or a folder such as an export of ours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from playbook_compiler.diagnostics import Diagnostic, error, shown
from playbook_compiler.source import Span
from playbook_compiler.values import dataclass

SIZE_LIMIT = 20_000_000
FILES_LIMIT = 5_000
REQUESTS = "requests.json"


@dataclass(frozen=True, slots=True)
class Given:
    """Files by their path below the folder, in order; `path` is what the user named."""

    path: str
    files: Mapping[str, bytes]

    @property
    def is_folder(self) -> bool:
        """Whether several files belong together."""
        return REQUESTS in self.files

    def shown(self, name: str) -> str:
        """Return a file's path as findings show it."""
        return name if len(self.files) == 1 and name == self.path else f"{self.path}/{name}"


def read_given(path: str, wanted: tuple[str, ...]) -> tuple[Given | None, list[Diagnostic]]:
    """Read a file, or the files of a folder that end in one of `wanted`, such as `.json`.

    `requests.json` stands for the folder that it is in.
    """
    place = Path(path)
    try:
        if place.name == REQUESTS and place.is_file():
            place = place.parent
        if place.is_dir():
            return _folder(str(place), place, wanted)
        raw, finding = _file(place, path)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        return None, [_unreadable(path, reason)]
    if raw is None:
        return None, [finding] if finding else []
    return Given(path, {path: raw}), []


def _folder(
    path: str, folder: Path, wanted: tuple[str, ...]
) -> tuple[Given | None, list[Diagnostic]]:
    files: dict[str, bytes] = {}
    size = 0
    for place in _below(folder):
        if place.suffix not in wanted:
            continue
        raw, finding = _file(place, str(place))
        if raw is None:
            return None, [finding] if finding else []
        size += len(raw)
        if size > SIZE_LIMIT or len(files) >= FILES_LIMIT:
            return None, [_too_large(path, size)]
        files[place.relative_to(folder).as_posix()] = raw
    if not files:
        kinds = " or ".join(f"*{one}" for one in wanted)
        return None, [
            error(
                "nothing-to-import",
                f"there is no file {kinds} in this folder",
                Span.of_file(path),
                help="name the file that the engine gave you, or the folder of an export",
            )
        ]
    return Given(path, files), []


def _below(folder: Path) -> list[Path]:
    """Return the files of a folder and of those in it, by path; links are not followed."""
    found = []
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        found += [Path(root) / name for name in names if not name.startswith(".")]
        if len(found) > FILES_LIMIT * 4:
            break
    return sorted(place for place in found if place.is_file() and not place.is_symlink())


def _file(place: Path, path: str) -> tuple[bytes | None, Diagnostic | None]:
    if not place.is_file():
        return None, _unreadable(path, "there is no such file or folder")
    with place.open("rb") as file:
        raw = file.read(SIZE_LIMIT + 1)
    if len(raw) > SIZE_LIMIT:
        return None, _too_large(path, place.stat().st_size)
    return raw, None


def _unreadable(path: str, reason: str) -> Diagnostic:
    return error(
        "unreadable-file",
        f"`{shown(path)}` cannot be read: {reason[:1].lower()}{reason[1:]}",
        Span.of_file(path),
    )


def _too_large(path: str, size: int) -> Diagnostic:
    return error(
        "file-too-large",
        f"this is {size / 1_000_000:.0f} MB; at most {SIZE_LIMIT // 1_000_000} MB are imported",
        Span.of_file(path),
        help="import a few flows at a time",
    )
