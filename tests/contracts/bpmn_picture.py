"""What is wrong with the picture of a process: arrows that slant or run over shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

MODEL = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
SIDES = ("x", "y", "width", "height")


@dataclass(frozen=True)
class Shape:
    """A shape's sides, as coordinates."""

    left: int
    top: int
    right: int
    low: int

    def holds(self, other: Shape) -> bool:
        """Whether another shape stands in this one."""
        across = self.left <= other.left and other.right <= self.right
        return across and self.top <= other.top and other.low <= self.low

    def is_crossed(self, segment: Shape) -> bool:
        """Whether a level or upright segment has a point within the shape, its edge apart."""
        across = segment.left < self.right and self.left < segment.right
        return across and segment.top < self.low and self.top < segment.low


def picture_problems(content: bytes) -> Iterator[str]:
    """Yield each segment of an arrow that is neither level nor upright, or that runs over a shape
    other than those that it joins and those that hold it."""
    root = fromstring(content)
    boxes = dict(_boxes(root))
    flows = {one.get("id", ""): one for one in root.iter(f"{MODEL}sequenceFlow")}
    for edge in root.iter(f"{DI}BPMNEdge"):
        flow = flows[edge.get("bpmnElement", "")]
        ends = [flow.get(end, "") for end in ("sourceRef", "targetRef")]
        points = [(int(one.get("x", "")), int(one.get("y", ""))) for one in edge]
        for (x, y), (to_x, to_y) in pairwise(points):
            segment = Shape(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))
            if x != to_x and y != to_y:
                yield f"{flow.get('id')} slants from {x, y} to {to_x, to_y}"
            for name, box in boxes.items():
                own = name in ends or all(box.holds(boxes[end]) for end in ends)
                if not own and box.is_crossed(segment):
                    yield f"{flow.get('id')} crosses {name} from {x, y} to {to_x, to_y}"


def _boxes(root: Element) -> Iterator[tuple[str, Shape]]:
    for shape in root.iter(f"{DI}BPMNShape"):
        bounds = shape.find(BOUNDS)
        assert bounds is not None
        x, y, width, height = (int(bounds.get(side, "")) for side in SIDES)
        yield shape.get("bpmnElement", ""), Shape(x, y, x + width, y + height)
