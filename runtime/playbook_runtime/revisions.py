"""Playbooks as git knows them: a revision of a playbook's folder, written into a temporary folder.

Git is a program that is run without a shell, on resolved object ids only, and only to read: no
hook, filter, pager, transport or prompt of a repository can run. Submodules are left out, files of
Git LFS are what git stores of them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from playbook_compiler.diagnostics import nearest, shown
from playbook_compiler.include import MAIN_NAMES
from playbook_compiler.values import dataclass

SECONDS_LIMIT: Final = 60
BYTES_LIMIT: Final = 256_000_000
# What a playbook can consist of; a larger file than this is none, and only its size is kept.
_SUFFIXES: Final = (".yaml", ".yml", ".md", ".txt", ".html", ".mjml", ".csv")
_FILE_LIMIT: Final = 16_000_000
# Settings of a repository that would run something when objects are read.
_HARMLESS: Final = ("-c", "core.fsmonitor=false", "-c", "protocol.allow=never")
_LINK, _SUBMODULE = "120000", "160000"
_RANGE = re.compile(r"\.\.\.?")


class RevisionError(Exception):
    """A revision cannot be had: a sentence, and in `help` what to write instead."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class Repository:
    """The work tree that a playbook lies in. `path` leads from `top` to the playbook, with /."""

    git: str
    top: Path
    path: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A playbook as it is in a revision. `revision` is what the user wrote, `commit` its full id.

    `path` is where to read it; empty where the revision does not have it. Files below `root` are
    those of the repository.
    """

    revision: str
    commit: str
    root: str
    path: str

    def shown(self, file: str) -> str:
        """Return a file as git names it: `REV:path/from/the/top`."""
        root = Path(self.root).as_posix()
        return file.replace(f"{root}/", f"{self.revision}:").replace(root, f"{self.revision}:")


def find_repository(path: str) -> Repository:
    """Return the repository that the playbook at `path` lies in; it need not exist any more.

    Raises RevisionError where git is missing or the path lies in no work tree.
    """
    git = _program()
    place = Path(path)
    try:
        beside = place if place.is_dir() else place.parent
        missing: list[str] = [] if place.is_dir() else [place.name]
        while not beside.is_dir():
            missing.insert(0, beside.name)
            beside = beside.parent
    except (OSError, ValueError) as problem:
        raise RevisionError(f"`{shown(path)}` cannot be read: {shown(problem)}") from problem
    found = _run(git, beside, "rev-parse", "--show-toplevel", "--show-prefix")
    if found.returncode:
        said = os.fsdecode(found.stderr)
        if "dubious ownership" in said:
            raise RevisionError(
                f"git refuses the repository of `{shown(path)}`: it belongs to another user",
                "git config --global --add safe.directory <folder> makes it known to git as safe",
            )
        raise RevisionError(
            f"`{shown(path)}` lies in no git repository, so that there is nothing to compare with",
            "name a playbook in a work tree: playbook diff REV --path PATH; git init makes one",
        )
    top, prefix = os.fsdecode(found.stdout).removesuffix("\n").rsplit("\n", 1)
    parts = (*PurePosixPath(prefix).parts, *missing)
    if ".." in missing:
        raise RevisionError(f"there is no file or folder `{shown(path)}`")
    return Repository(git, Path(top), "/".join(parts))


def snapshot(repository: Repository, revision: str, folder: Path) -> Snapshot:
    """Write a revision of the playbook into `folder`, which does not exist yet.

    Raises RevisionError for an unknown revision.
    """
    commit = _commit(repository, revision)
    main, tree = _main_file(repository, commit)
    absent = Snapshot(revision, commit, str(folder), "")
    if not tree:
        return absent
    base = folder / repository.path
    if main:
        base = base.parent
    listed = _listed(repository, tree, main)
    if not {name for name, *_ in listed} & set((main,) if main else MAIN_NAMES):
        return absent
    _write(repository, listed, base, folder)
    return Snapshot(revision, commit, str(folder), str(base / main) if main else str(base))


def _program() -> str:
    # Never from the working directory: a repository could bring a `git` of its own.
    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    safe = os.pathsep.join(place for place in places if Path(place).is_absolute())
    git = shutil.which("git", path=safe)
    if git is None:
        raise RevisionError(
            "git is not installed, or not to be found",
            "install git (https://git-scm.com): revisions of a playbook are read with it",
        )
    return git


def _run(
    git: str, place: Path, *arguments: str | bytes, given: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """Run git in a folder; its environment has none of the GIT_ variables of ours."""
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    environment |= {
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    try:
        return subprocess.run(
            [git, *_HARMLESS, *arguments],
            cwd=place,
            env=environment,
            input=given,
            capture_output=True,
            timeout=SECONDS_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise RevisionError(
            f"git did not answer within {SECONDS_LIMIT} seconds",
            "try `git status` in this folder: the repository may lie on a slow or lost disk",
        ) from problem
    except (OSError, ValueError) as problem:
        raise RevisionError(f"git cannot be run: {shown(problem)}") from problem


def _resolved(repository: Repository, name: str) -> str:
    """Return the id of the object that git knows by a name, empty where it knows none."""
    found = _run(
        repository.git,
        repository.top,
        *("rev-parse", "--verify", "--quiet", "--end-of-options"),
        os.fsencode(name),
    )
    return os.fsdecode(found.stdout).strip() if found.returncode == 0 else ""


def _commit(repository: Repository, revision: str) -> str:
    if revision.startswith("-") or not revision.strip() or not revision.isprintable():
        raise RevisionError(
            f"`{shown(revision)}` cannot be a revision",
            "write a branch, a tag or a commit: playbook diff main",
        )
    commit = _resolved(repository, f"{revision}^{{commit}}")
    if commit:
        return commit
    ends = _RANGE.split(revision)
    if len(ends) == 2:
        dots = "..." in revision
        one = "$(git merge-base {} {})" if dots else "{}"
        first = one.format(ends[0] or "HEAD", ends[1] or "HEAD")
        raise RevisionError(
            f"`{shown(revision)}` is a range, not a revision",
            f"write two revisions: playbook diff {first} {ends[1] or 'HEAD'}",
        )
    raise RevisionError(
        f"there is no revision `{shown(revision)}` in this repository",
        _advice(repository, revision),
    )


def _advice(repository: Repository, revision: str) -> str:
    found = _run(
        repository.git,
        repository.top,
        *("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags", "refs/remotes"),
    )
    known = os.fsdecode(found.stdout).split()
    remote = sorted(name for name in known if name.endswith(f"/{revision}"))
    guess = remote[0] if remote else nearest(revision, known)
    if guess:
        return f"did you mean `{shown(guess)}`?"
    if _resolved(repository, "HEAD") == "":
        return "the repository has no commit yet"
    if Path(revision).exists():
        return f"for the playbook in `{shown(revision)}` write: --path {shown(revision)}"
    shallow = _run(repository.git, repository.top, "rev-parse", "--is-shallow-repository")
    if shallow.stdout.strip() == b"true":
        return (
            "this clone is shallow: fetch the revision first (git fetch --unshallow; in CI, a"
            " checkout with its whole history)"
        )
    return "write a branch, a tag or a commit: playbook diff main; `git log --oneline` lists them"


def _main_file(repository: Repository, commit: str) -> tuple[str, str]:
    """Return the name of the one file that the playbook is (empty for a folder), and the tree of
    its folder, empty where the commit has none."""
    path = PurePosixPath(repository.path)
    is_file = path.suffix in (".yaml", ".yml")
    place = repository.top / path
    if place.exists():
        is_file = place.is_file()
    folder = path.parent if is_file else path
    name = "" if folder == PurePosixPath() else folder.as_posix()
    tree = _resolved(repository, f"{commit}:{name}")
    return (path.name if is_file else ""), tree


def _listed(repository: Repository, tree: str, main: str) -> list[tuple[str, str, str, int]]:
    """Return name, mode, id and size of the files of a tree that a playbook can consist of."""
    found = _run(repository.git, repository.top, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
    if found.returncode:
        return []  # not a folder in this revision
    listed = []
    for line in found.stdout.split(b"\0"):
        head, _, raw = line.partition(b"\t")
        name = os.fsdecode(raw)
        if not name:
            continue
        mode, _, oid, size = os.fsdecode(head).split()
        wanted = mode == _LINK or name == main or name.lower().endswith(_SUFFIXES)
        if wanted and mode != _SUBMODULE and _stays_inside(name):
            listed.append((name, mode, oid, int(size)))
    return listed


def _stays_inside(name: str) -> bool:
    """Whether a name of a tree is one that git would check out: damaged trees can say anything."""
    parts = name.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts) and (
        os.sep == "/" or not re.search(r"[\\:]", name)
    )


def _write(
    repository: Repository,
    listed: Sequence[tuple[str, str, str, int]],
    base: Path,
    root: Path,
) -> None:
    """Write files, then links: what lies behind a link is never written through it."""
    small = [entry for entry in listed if entry[3] <= _FILE_LIMIT]
    if sum(entry[3] for entry in small) > BYTES_LIMIT:
        raise RevisionError(
            f"the playbook's folder has more than {BYTES_LIMIT // 1_000_000} MB of text",
            "move the playbook into a folder of its own, or name it: --path PATH",
        )
    contents = dict(_contents(repository, [oid for _, _, oid, _ in small]))
    try:
        base.mkdir(parents=True)
        links = []
        for name, mode, oid, size in listed:
            path = base / name
            if mode == _LINK:
                links.append((path, contents.get(oid, b"")))
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                file.write(contents.get(oid, b""))
                file.truncate(size)
        for path, target in links:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(os.fsdecode(target) or ".")
        for path, _ in links:
            if not _leads_inside(path, base):
                path.unlink()
                path.symlink_to(root.parent / "outside")  # does not exist, and is refused by name
    except (OSError, ValueError) as problem:
        raise RevisionError(
            f"the revision cannot be written to a temporary folder: {shown(problem)}",
            "make room on the disk, or point TMPDIR to a folder that can be written",
        ) from problem


def _leads_inside(path: Path, base: Path) -> bool:
    try:
        return path.resolve().is_relative_to(base.resolve())
    except (OSError, RuntimeError):  # a loop of links is a RuntimeError before 3.13
        return False


def _contents(repository: Repository, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the blobs by id."""
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys(ids)).encode()
    found = _run(repository.git, repository.top, "cat-file", "--batch", given=asked)
    rest, at = found.stdout, 0
    while at < len(rest):
        end = rest.index(b"\n", at)
        oid, _, size = os.fsdecode(rest[at:end]).partition(" blob ")
        if not size:
            raise RevisionError(
                f"the repository lacks the object {shown(oid.partition(' ')[0])}",
                "a partial or damaged clone: `git fetch --refetch`, or clone it whole",
            )
        start = end + 1
        yield oid, rest[start : start + int(size)]
        at = start + int(size) + 1
