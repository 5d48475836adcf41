"""Frozen value classes that cost nothing to declare: the standard dataclass, made when first used.

`dataclasses.dataclass` compiles five or six methods for every class at import, about a millisecond
a class, and the language alone has two hundred of them: most of the time that `playbook check`
took to start (docs/decisions/0011-value-classes.md). Here a class gets its `__init__` compiled when
many instances are made, and shares the other methods. Used as the standard one is; `kw_only`
holds for the whole class, `__post_init__` is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar, dataclass_transform

T = TypeVar("T")


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
# Compiling takes as long as making some dozens of values without, and a small playbook has fewer of
# most classes.
_COMPILED_AFTER = 40
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class FrozenInstanceError(AttributeError):
    """A value was changed: our mistake, never a user's."""


class Field:
    """One field of a value class: its default, whether it compares, and what is known about it."""

    __slots__ = (
        *("compare", "default", "default_factory", "init"),
        *("kw_only", "metadata", "name", "repr"),
    )

    def __init__(
        self,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        init: bool = True,
        compare: bool = True,
        repr: bool = True,
        metadata: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.name = ""
        self.kw_only = False
        self.init = init
        self.default = default
        self.default_factory = default_factory
        self.compare = compare
        self.repr = repr
        self.metadata = metadata

    @property
    def is_required(self) -> bool:
        """Whether a value of the class cannot be made without it."""
        return self.default is MISSING and self.default_factory is MISSING


def field(
    *,
    default: Any = MISSING,
    default_factory: Any = MISSING,
    init: bool = True,
    compare: bool = True,
    repr: bool = True,
    metadata: Mapping[str, Any] = _NOTHING,
) -> Any:
    """Declare a field with more than a type and a default."""
    return Field(default, default_factory, init, compare, repr, metadata)


@dataclass_transform(field_specifiers=(Field, field))
def dataclass(
    *,
    frozen: bool = False,
    slots: bool = False,
    kw_only: bool = False,
    order: bool = False,
    eq: bool = True,
) -> Callable[[type[T]], type[T]]:
    """Return a decorator that makes a class a value class; see `dataclasses.dataclass`."""

    def decorate(cls: type[T]) -> type[T]:
        return _value_class(cls, frozen=frozen, slots=slots, kw_only=kw_only, order=order, eq=eq)

    return decorate


def fields(value: Any) -> tuple[Field, ...]:
    """Return the fields of a value or its class, in their declared order."""
    found = getattr(value, "__value_fields__", None)
    if found is None:
        raise TypeError(f"{value!r} is no value class")
    return tuple(found.values())


def replace(value: T, /, **changes: Any) -> T:
    """Return a copy of a value with some fields changed."""
    if not hasattr(value, "__value_fields__"):
        import dataclasses

        return dataclasses.replace(value, **changes)  # type: ignore[type-var]
    for name in getattr(value, "__initial__"):  # noqa: B009 - of value classes only
        if name not in changes:
            changes[name] = getattr(value, name)
    return type(value)(**changes)


def _value_class(
    cls: type[T], *, frozen: bool, slots: bool, kw_only: bool, order: bool, eq: bool
) -> type[T]:
    known: dict[str, Field] = {}
    for base in reversed(cls.__mro__[1:]):
        known.update(getattr(base, "__value_fields__", _NOTHING))
    own = {}
    for name, annotation in cls.__annotations__.items():
        if not annotation.startswith(("ClassVar", "Final", "typing.ClassVar")):
            own[name] = _field(cls, name, kw_only)
    known |= own
    methods: dict[str, Any] = {
        "__value_fields__": known,
        "__match_args__": tuple(
            name for name, one in known.items() if one.init and not one.kw_only
        ),
        "__initial__": tuple(name for name, one in known.items() if one.init),
        "__compared__": tuple(name for name, one in known.items() if one.compare),
    }
    if "__repr__" not in cls.__dict__:
        methods["__repr__"] = _repr
    if eq and "__eq__" not in cls.__dict__:
        methods["__eq__"] = _eq
        methods["__hash__"] = _hash if frozen else None
    if order:
        methods |= {"__lt__": _lt, "__le__": _le, "__gt__": _gt, "__ge__": _ge}
    if frozen:
        methods |= {"__setattr__": _frozen_set, "__delattr__": _frozen_delete}
    made = _rebuilt(cls, own, methods, slots=slots)
    setattr(made, "__init__", _first_init(made))  # noqa: B010 - mypy knows better than to assign it
    return made


def _field(cls: type, name: str, kw_only: bool) -> Field:
    default = cls.__dict__.get(name, MISSING)
    if isinstance(default, Field):
        found = default
    else:
        if isinstance(default, list | dict | set):
            raise ValueError(f"{cls.__name__}.{name}: a default that can change is shared by all")
        found = Field(default)
    found.name = name
    found.kw_only = kw_only
    return found


def _rebuilt(
    cls: type[T], own: Mapping[str, Field], methods: Mapping[str, Any], *, slots: bool
) -> type[T]:
    """Return the class anew, with `__slots__` if wanted and defaults taken off it."""
    namespace = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in own and name not in ("__dict__", "__weakref__")
    }
    if slots:
        inherited = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
        namespace["__slots__"] = tuple(name for name in own if name not in inherited)
    else:
        namespace |= {name: one.default for name, one in own.items() if one.default is not MISSING}
    build: Any = type(cls)
    made: type[T] = build(cls.__name__, cls.__bases__, {**namespace, **methods})
    made.__qualname__ = cls.__qualname__
    return made


def _first_init(cls: type) -> Callable[..., None]:
    """Return an `__init__` that puts the compiled one in its place once that pays, or where only
    that can say what is wrong with the arguments."""
    known: dict[str, Field] = getattr(cls, "__value_fields__", {})
    positional = [name for name, one in known.items() if one.init and not one.kw_only]
    initial = [
        (name, positional.index(name) if name in positional else len(known), one)
        for name, one in known.items()
        if one.init
    ]
    finished = hasattr(cls, "__post_init__")
    put = object.__setattr__
    made = 0

    def __init__(self: Any, *args: Any, **values: Any) -> None:
        nonlocal made
        made += 1
        count = len(args)
        left = count + len(values)
        for name, at, one in initial if made <= _COMPILED_AFTER else ():
            if at < count:
                put(self, name, args[at])
                left -= 1
            elif name in values:
                put(self, name, values[name])
                left -= 1
            elif one.default is not MISSING:
                put(self, name, one.default)
            elif one.default_factory is not MISSING:
                put(self, name, one.default_factory())
            else:
                left = -1
                break
        if left or made > _COMPILED_AFTER:
            compiled = _compiled_init(cls)
            setattr(cls, "__init__", compiled)  # noqa: B010
            compiled(self, *args, **values)
        elif finished:
            self.__post_init__()

    return __init__


def _compiled_init(cls: type) -> Callable[..., None]:
    known: dict[str, Field] = getattr(cls, "__value_fields__", {})
    scope: dict[str, Any] = {"MISSING": MISSING, "_set": object.__setattr__}
    positional: list[str] = []
    named: list[str] = []
    lines: list[str] = []
    for name, one in known.items():
        if not one.init:
            continue
        value = name
        parameter = name
        if one.default_factory is not MISSING:
            scope[f"_make_{name}"] = one.default_factory
            parameter = f"{name}=MISSING"
            value = f"_make_{name}() if {name} is MISSING else {name}"
        elif one.default is not MISSING:
            scope[f"_default_{name}"] = one.default
            parameter = f"{name}=_default_{name}"
        (named if one.kw_only else positional).append(parameter)
        descriptor: Any = getattr(cls, name, None)
        if hasattr(descriptor, "__set__"):
            scope[f"_set_{name}"] = descriptor.__set__
            lines.append(f" _set_{name}(self, {value})")
        else:
            lines.append(f" _set(self, {name!r}, {value})")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    parameters = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    exec(f"def __init__({parameters}):\n" + "\n".join(lines or [" pass"]), scope)
    compiled: Callable[..., None] = scope["__init__"]
    compiled.__qualname__ = f"{cls.__qualname__}.__init__"
    return compiled


def _key(value: Any) -> tuple[Any, ...]:
    return tuple([getattr(value, name) for name in value.__compared__])


def _eq(self: Any, other: object) -> Any:
    if type(self) is not type(other):
        return NotImplemented
    return self is other or _key(self) == _key(other)


def _hash(self: Any) -> int:
    return hash(_key(self))


def _lt(self: Any, other: object) -> Any:
    return _key(self) < _key(other) if type(self) is type(other) else NotImplemented


def _le(self: Any, other: object) -> Any:
    return _key(self) <= _key(other) if type(self) is type(other) else NotImplemented


def _gt(self: Any, other: object) -> Any:
    return _key(self) > _key(other) if type(self) is type(other) else NotImplemented


def _ge(self: Any, other: object) -> Any:
    return _key(self) >= _key(other) if type(self) is type(other) else NotImplemented


def _shown(value: Any) -> Iterator[str]:
    for one in fields(value):
        if one.repr:
            yield f"{one.name}={getattr(value, one.name)!r}"


def _repr(self: Any) -> str:
    return f"{type(self).__qualname__}({', '.join(_shown(self))})"


def _frozen_set(self: Any, name: str, _: object) -> None:
    raise FrozenInstanceError(f"cannot set {name!r} of {type(self).__qualname__}: it is frozen")


def _frozen_delete(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete {name!r} of {type(self).__qualname__}: it is frozen")
