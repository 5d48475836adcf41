"""Value classes behave as the standard library's frozen dataclasses do."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import Any, ClassVar

import pytest

from playbook_compiler import values


def declared(module: Any, frozen_error: type[Exception]) -> Any:
    """Return the same three classes made by a module's `dataclass`."""

    class Made:
        error = frozen_error

        @module.dataclass(frozen=True, slots=True)
        class Point:
            kind: ClassVar[str] = "point"
            x: int
            y: int = 2
            origin: str = module.field(default="", compare=False, repr=False)

        @module.dataclass(frozen=True, slots=True, kw_only=True)
        class Route:
            via: list[int] = module.field(default_factory=list)
            length: int = module.field(init=False, default=0)

            def __post_init__(self) -> None:
                object.__setattr__(self, "length", len(self.via))

        @module.dataclass(frozen=True, slots=True, order=True)
        class Version:
            major: int
            minor: int = 0

    return Made


@pytest.fixture(
    params=[
        (values, values.FrozenInstanceError),
        (dataclasses, dataclasses.FrozenInstanceError),
    ],
    ids=["values", "standard"],
)
def made(request: pytest.FixtureRequest) -> Any:
    return declared(*request.param), request.param[0]


def test_fields_defaults_and_equality(made: Any) -> None:
    classes, module = made
    point = classes.Point(1, origin="here")
    assert (point.x, point.y, point.kind) == (1, 2, "point")
    assert point == classes.Point(x=1, y=2, origin="there")
    assert point != classes.Point(1, 3)
    assert point != (1, 2)
    assert hash(point) == hash(classes.Point(1))
    assert {one.name for one in module.fields(classes.Point)} == {"x", "y", "origin"}
    assert repr(point).endswith("Point(x=1, y=2)")
    match point:
        case classes.Point(x, y):
            assert (x, y) == (1, 2)


def test_a_copy_has_the_changes_and_the_rest(made: Any) -> None:
    classes, module = made
    point = module.replace(classes.Point(1, 5, "here"), x=7)
    assert (point.x, point.y, point.origin) == (7, 5, "here")
    assert module.replace(classes.Route(via=[1, 2]), via=[3]).length == 1


def test_values_cannot_change(made: Any) -> None:
    classes, _ = made
    point = classes.Point(1)
    with pytest.raises(classes.error):
        point.x = 2
    with pytest.raises(classes.error):
        del point.x
    assert not hasattr(point, "__dict__")


def test_wrong_arguments_are_refused(made: Any) -> None:
    classes, _ = made
    for arguments in ({}, {"x": 1, "z": 2}):
        with pytest.raises(TypeError):
            classes.Point(**arguments)
    with pytest.raises(TypeError):
        classes.Route([1])  # its fields are given by name


def test_factories_make_a_new_default_each_time(made: Any) -> None:
    classes, _ = made
    first, second = classes.Route(), classes.Route()
    first.via.append(1)
    assert second.via == []
    assert classes.Route(via=[1, 2, 3]).length == 3


def test_order_is_that_of_the_fields(made: Any) -> None:
    classes, _ = made
    one, two = classes.Version(1, 9), classes.Version(2)
    assert one < two
    assert two >= one
    assert sorted([two, one]) == [one, two]
    with pytest.raises(TypeError):
        assert one < (2, 0)


def test_a_class_inherits_the_fields_of_its_base() -> None:
    @values.dataclass(frozen=True, slots=True, kw_only=True)
    class Base:
        origin: int = values.field(compare=False)

    @values.dataclass(frozen=True, slots=True, kw_only=True)
    class Child(Base):
        name: str

    assert [one.name for one in values.fields(Child)] == ["origin", "name"]
    assert Child(origin=1, name="a") == Child(origin=2, name="a")
    assert Base(origin=1) != Child(origin=1, name="a")


def test_a_default_that_can_change_is_refused() -> None:
    with pytest.raises(ValueError, match="shared by all"):

        @values.dataclass(frozen=True)
        class Wrong:
            via: list[int] = []  # noqa: RUF012 - the mistake


def test_the_compiler_does_not_import_the_standard_dataclasses() -> None:
    """Their methods are compiled at import: that was most of the time to start."""
    code = "import sys, playbook_compiler.driver; print('dataclasses' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
