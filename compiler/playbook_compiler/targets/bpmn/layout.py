"""Where the shapes of a process stand: layers from left to right, ways one below the other.

Simple and always the same. A shape stands one layer behind the last that leads to it; the first way
out stays in the row, each further way opens a row of its own. Arrows: routes.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from playbook_compiler.targets.bpmn.elements import (
    BOUNDARY,
    EVENTS,
    GATEWAYS,
    SUB_PROCESS,
    Arrow,
    Element,
    Scope,
)
from playbook_compiler.targets.bpmn.routes import MARGIN, Box, Cell, Grid, Point, route, route_down
from playbook_compiler.values import dataclass, field

COLUMN, ROW = 160, 120
TASK, EVENT, GATEWAY = (110, 80), (36, 36), (50, 50)


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by element and the corners of arrows by arrow."""

    boxes: dict[str, Box] = field(default_factory=dict)
    lines: dict[str, tuple[Point, ...]] = field(default_factory=dict)


def layout(scope: Scope) -> Layout:
    """Return the places of everything in a process."""
    found = Layout()
    _place(scope, 0, 0, found)
    return found


def _place(scope: Scope, left: int, top: int, found: Layout) -> Point:
    """Place a scope whose upper left corner is given, and return its width and height."""
    order = list(_forward(scope))
    cells = _cells(scope, order)
    inner: dict[str, Layout] = {}
    sizes: dict[str, Point] = {}
    for element in scope.elements:
        if element.tag == SUB_PROCESS and element.scope is not None:
            inner[element.id] = Layout()
            wide, high = _place(element.scope, 0, 0, inner[element.id])
            ways = sum(one.attached == element.id for one in scope.elements)
            sizes[element.id] = max(wide, MARGIN + ways * (EVENT[0] + MARGIN)), high
        elif element.tag in EVENTS:
            sizes[element.id] = EVENT
        else:
            sizes[element.id] = GATEWAY if element.tag in GATEWAYS else TASK
    attached = [one for one in scope.elements if one.tag == BOUNDARY]
    columns = _starts(cells, sizes, 0, COLUMN, left + MARGIN)
    rows = _starts(cells, sizes, 1, ROW, top + MARGIN)
    grid = Grid(columns, rows, cells)
    for element in scope.elements:
        if element.id not in cells:
            continue
        layer, row = cells[element.id]
        width, height = sizes[element.id]
        x, y = columns[layer], rows[row]
        if element.id not in inner:
            x += (COLUMN - MARGIN - width) // 2
            y += (ROW - MARGIN - height) // 2
        found.boxes[element.id] = Box(x, y, width, height)
        for name, box in inner[element.id].boxes.items() if element.id in inner else ():
            found.boxes[name] = Box(box.x + x, box.y + y, box.width, box.height)
        for name, line in inner[element.id].lines.items() if element.id in inner else ():
            found.lines[name] = tuple((px + x, py + y) for px, py in line)
    _draw(scope, grid, found)
    low = max(found.boxes[name].y + found.boxes[name].height for name in cells)
    _place_attached(scope, attached, grid, found, low)
    shown = [found.boxes[element.id] for element in scope.elements]
    low = max(rows[-1] - MARGIN, *(box.y + box.height for box in shown))
    wide = max(columns[-1] - MARGIN, *(box.x + box.width for box in shown))
    return wide - left + MARGIN, low - top + MARGIN


def _place_attached(
    scope: Scope, attached: list[Element], grid: Grid, found: Layout, low: int
) -> None:
    """Place boundary events on the lower side of their sub-process, their ends below."""
    after = {arrow.source: arrow for arrow in scope.arrows}
    for number, element in enumerate(attached):
        host = found.boxes[element.attached]
        x = host.x + MARGIN + number * (EVENT[0] + MARGIN)
        source = Box(x, host.y + host.height - EVENT[1] // 2, *EVENT)
        target = Box(x, low + ROW // 2, *EVENT)
        arrow = after[element.id]
        found.boxes[element.id], found.boxes[arrow.target] = source, target
        cell = grid.cells[element.attached]
        found.lines[arrow.id] = route_down(grid, source, target, cell, low)


def _starts(
    cells: dict[str, tuple[int, int]], sizes: dict[str, Point], axis: int, step: int, first: int
) -> tuple[int, ...]:
    """Return where each column (axis 0) or row (axis 1) begins, and where the last ends."""
    count = max(cell[axis] for cell in cells.values()) + 1
    widths = [step] * count
    for name, cell in cells.items():
        widths[cell[axis]] = max(widths[cell[axis]], sizes[name][axis] + MARGIN)
    return tuple(first + sum(widths[:number]) for number in range(count + 1))


def _forward(scope: Scope) -> Iterator[Arrow]:
    """Yield the arrows that lead onward: all but those that close a circle."""
    out: dict[str, list[Arrow]] = {}
    entered = {arrow.target for arrow in scope.arrows}
    for arrow in scope.arrows:
        out.setdefault(arrow.source, []).append(arrow)
    done: set[str] = set()
    for element in scope.elements:
        if element.id in entered or element.id in done:
            continue
        path = [element.id]
        on_path = {element.id}
        ways = [iter(out.get(element.id, ()))]
        while path:
            onward = next(ways[-1], None)
            if onward is None:
                done.add(path[-1])
                on_path.discard(path.pop())
                ways.pop()
            elif (arrow := onward).target not in on_path:
                yield arrow
                if arrow.target not in done:
                    path.append(arrow.target)
                    on_path.add(arrow.target)
                    ways.append(iter(out.get(arrow.target, ())))


def _cells(scope: Scope, forward: list[Arrow]) -> dict[str, Cell]:
    """Return the layer and row of each element but boundary events and what they lead to."""
    attached = {one.id for one in scope.elements if one.tag == BOUNDARY}
    aside = attached | {arrow.target for arrow in scope.arrows if arrow.source in attached}
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for arrow in dict.fromkeys(forward):
        into.setdefault(arrow.target, []).append(arrow.source)
        out.setdefault(arrow.source, []).append(arrow.target)
    layers: dict[str, int] = {}
    rows: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    waiting = [one.id for one in scope.elements if one.id not in aside and one.id not in into]
    left = {name: len(sources) for name, sources in into.items()}
    for root, name in enumerate(waiting):
        rows[name] = root
    while waiting:
        name = waiting.pop(0)
        layers[name] = 1 + max((layers[one] for one in into.get(name, ())), default=-1)
        row = rows[name]
        while (layers[name], row) in taken:
            row += 1
        rows[name] = row
        taken.add((layers[name], row))
        for number, target in enumerate(out.get(name, ())):
            rows.setdefault(target, row + number)
            left[target] -= 1
            if left[target] == 0:
                waiting.append(target)
    return {name: (layers[name], rows[name]) for name in layers}


def _draw(scope: Scope, grid: Grid, found: Layout) -> None:
    """Draw the arrows between the cells of the grid."""
    for arrow in scope.arrows:
        begin, end = grid.cells.get(arrow.source), grid.cells.get(arrow.target)
        if begin is not None and end is not None:
            source, target = found.boxes[arrow.source], found.boxes[arrow.target]
            found.lines[arrow.id] = route(grid, source, target, begin, end)
