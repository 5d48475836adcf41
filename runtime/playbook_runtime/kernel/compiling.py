"""How the kernel is compiled: as one program, optimised once.

Numba compiles every function with all that it calls, optimises that and makes machine code of it;
for a loop of two hundred functions that call each other ten deep it does the same work over and
over, and again for every constant that an argument is given. Here a function that is called by
the loop only is lowered, once for its types, and kept as it is; the loop takes them all in and is
optimised as a whole. A quarter of the time, and faster code (docs/decisions/0041).
"""

from __future__ import annotations

from typing import Any

from numba import _dynfunc, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.registry import CPUDispatcher
from numba.core.typed_passes import NativeLowering


class _Part(JITCodeLibrary):
    """The code of a function and of what it calls, neither optimised nor made machine code of."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self._codegen._data_layout

    def finalize(self) -> None:
        self._raise_if_finalized()
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            shared = library._get_module_for_linking()
            self._final_module.link_in(shared, preserve=True)
        self._finalize_dynamic_globals()
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _PartLowering(NativeLowering):
    """Lowers a function for its callers: it has no address of its own."""

    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = _Part(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        module, name = lowered.fndesc.lookup_module(), lowered.fndesc.qualname.rpartition(".")[2]
        # What callers find the code by; calling it from Python is not possible.
        key = _dynfunc.make_function(module, name, "", 0, lowered.env, (state.library,))
        state.targetctx.insert_user_function(key, lowered.fndesc, [state.library])
        state["cr"] = lowered._replace(cfunc=key)
        return True


class _PartCompiler(CompilerBase):
    def define_pipelines(self) -> list[PassManager]:
        manager = DefaultPassBuilder.define_nopython_pipeline(self.state)
        manager.passes = [
            (_PartLowering if one is NativeLowering else one, why) for one, why in manager.passes
        ]
        manager.finalize()
        return [manager]


class PartDispatcher(CPUDispatcher):
    """A function compiled once for its types, whatever constants it is called with."""

    def get_call_template(self, args: Any, kws: Any) -> Any:
        return super().get_call_template(tuple(types.unliteral(one) for one in args), kws)


def part(function: Any, **options: Any) -> PartDispatcher:
    """Compile a function that only compiled functions call."""
    bare = {"nopython": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return PartDispatcher(function, targetoptions=bare | options, pipeline_class=_PartCompiler)
