"""Strongly connected components of a small graph, by Tarjan's algorithm.

Tarjan, R. (1972): Depth-first search and linear graph algorithms. SIAM J. Comput. 1(2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence


def cycles(ways: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Return every set of nodes that lead to each other, sorted; a lone node only with a loop.

    `ways` names the targets of each node; a target that is no key leads nowhere.
    """
    found = (tuple(sorted(component)) for component in _components(ways))
    return sorted(
        component
        for component in found
        if len(component) > 1 or component[0] in ways.get(component[0], ())
    )


def shortest_round(ways: Mapping[str, Sequence[str]], start: str) -> tuple[str, ...]:
    """Return the fewest nodes that lead from `start` back to it; `start` lies on a cycle."""
    before: dict[str, str] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for target in ways.get(node, ()):
            if target == start:
                way = [node]
                while way[-1] != start:
                    way.append(before[way[-1]])
                return tuple(reversed(way))
            if target not in before:
                before[target] = node
                queue.append(target)
    raise AssertionError(f"{start} lies on no cycle")


def _components(ways: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """Yield the components; without recursion, so that long chains of nodes are no matter."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    for root in ways:
        if root in number:
            continue
        number[root] = lowest[root] = len(number)
        path.append(root)
        on_path.add(root)
        open_ = [(root, iter(ways[root]))]
        while open_:
            node, targets = open_[-1]
            target = next(targets, None)
            if target is None:
                open_.pop()
                if open_:
                    parent = open_[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                if lowest[node] == number[node]:
                    component = [path.pop()]
                    while component[-1] != node:
                        component.append(path.pop())
                    on_path.difference_update(component)
                    yield component
            elif target not in number:
                number[target] = lowest[target] = len(number)
                path.append(target)
                on_path.add(target)
                open_.append((target, iter(ways.get(target, ()))))
            elif target in on_path:
                lowest[node] = min(lowest[node], number[target])
