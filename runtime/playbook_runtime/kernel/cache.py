"""Where compiled code is kept: in the user's cache, under a digest of all kernel sources.

Numba notices an edited file, but not an edited helper in another file, so the digest of them all
names the folder. Import this before anything that compiles.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def _cache_folder() -> Path:
    base = os.environ.get("PLAYBOOK_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "playbook-compiler"


def _digest() -> str:
    digest = blake2b(numba.__version__.encode(), digest_size=10)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


FOLDER = _cache_folder() / "kernel" / _digest()
numba.config.CACHE_DIR = str(FOLDER)


def is_warm() -> bool:
    """Return whether the kernel was compiled before: else the first run takes half a minute."""
    return any(FOLDER.rglob("*.nbc")) if FOLDER.exists() else False


# No lock is held, and arithmetic stays IEEE: no fast-math.
_OPTIONS = {"nogil": True, "error_model": "numpy"}


def compiled(function: Function) -> Function:
    """Compile a function that only compiled functions call."""
    if numba.config.DISABLE_JIT:
        return function
    from playbook_runtime.kernel.compiling import part

    done: Function = part(function, **_OPTIONS)
    return done


def entry(function: Function) -> Function:
    """Compile a function that Python calls, and keep it with all that it calls."""
    done: Function = numba.njit(cache=True, **_OPTIONS)(function)
    return done
