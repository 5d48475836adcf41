"""Arrays as bare pointers, which compiled functions hand on for nothing.

A function that takes an array counts references to it at every call, and counts atomically: that
was more than a quarter of the running time, and two threads wait for each other over it. So the
kernel's entry takes arrays, which its caller holds, and all below it pointers to their cells.
Indices are never negative.

Where numba does not compile (`NUMBA_DISABLE_JIT=1`, to step through the loop or to try a change on
a few customers), pointers are flat views of the arrays.
"""

from __future__ import annotations

from typing import Any

from numba import config, types
from numba.core.errors import TypingError
from numba.extending import intrinsic


@intrinsic
def cells(typing_context: Any, array: Any) -> Any:
    """A pointer to the first cell of a C-contiguous array, valid while the array is held."""
    if not isinstance(array, types.Array) or array.layout != "C":
        raise TypingError("the kernel takes C-contiguous arrays")

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), code


@intrinsic
def shifted(typing_context: Any, pointer: Any, by: Any) -> Any:
    """The pointer so many cells further."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.intp), code


if config.DISABLE_JIT:

    def cells(array: Any) -> Any:
        """A flat view of an array."""
        return array.reshape(-1)

    def shifted(pointer: Any, by: Any) -> Any:
        """The view from so many cells further."""
        return pointer[by:]
