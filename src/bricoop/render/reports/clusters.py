"""Clustering of nearby points of a map into marks, and placement of their labels."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bricoop.domain.names import shortened
from bricoop.render.reports.frames import Frame
from bricoop.report.blocks import Point

#: A bounding box in pixels: left, top, right and bottom.
Box = tuple[float, float, float, float]
#: The minimum distance of marks in pixels; closer ones would overlap.
_APART = 20.0
#: Estimated width of a letter, height of a line, and distance of label and mark, in pixels.
_LETTER, _LINE, _GAP = 7.2, 15.0, 6.0
_LONGEST = 34


@dataclass
class Cluster:
    """Points that share a mark.

    Attributes:
        x: the horizontal position in pixels, from the left.
        y: the vertical position in pixels, from the top.
        points: the points; the mark is at the first of them.
    """

    x: float
    y: float
    points: list[Point] = field(default_factory=list)

    @property
    def radius(self) -> float:
        """The radius of the mark in pixels, with room for the number of points."""
        number = len(self.points)
        return 5.0 if number == 1 else 8.0 + 2.0 * len(str(number))

    @property
    def label(self) -> str:
        """The most frequent name of the points, with "and others" if there are more names.

        The number of names is not shown, because the mark already has the number of points.
        """
        names = Counter(point.name or point.label for point in self.points)
        first = names.most_common(1)[0][0]
        name = shortened(first, _LONGEST)
        return name if len(names) == 1 else f"{name} and others"


@dataclass(frozen=True)
class Label:
    """The label of a mark.

    Attributes:
        cluster: the mark.
        align: the alignment of the text at its position: `left`, `right` or `center`.
        dx: horizontal offset from the centre of the mark in pixels.
        dy: vertical offset in pixels, downwards.
    """

    cluster: Cluster
    align: str
    dx: float
    dy: float = 0.0

    @property
    def box(self) -> Box:
        """The bounding box of the text."""
        length = len(self.cluster.label) * _LETTER
        x, y = self.cluster.x + self.dx, self.cluster.y + self.dy
        start = x - {"left": 0.0, "center": length / 2, "right": length}[self.align]
        return start, y - _LINE / 2, start + length, y + _LINE / 2


def clusters(points: Sequence[Point], frame: Frame) -> list[Cluster]:
    """Return the clusters of points, the largest first.

    A grid finds neighbours, so that the time is linear in the number of points.
    """
    cells: dict[tuple[int, int], list[Cluster]] = {}
    marks: list[Cluster] = []
    for point in points:
        x, y = frame.pixel(point.longitude, point.latitude)
        column, row = int(x // _APART), int(y // _APART)
        near = (
            candidate
            for across in (-1, 0, 1)
            for along in (-1, 0, 1)
            for candidate in cells.get((column + across, row + along), ())
            if (candidate.x - x) ** 2 + (candidate.y - y) ** 2 < _APART**2
        )
        cluster = min(
            near,
            key=lambda candidate: (candidate.x - x) ** 2 + (candidate.y - y) ** 2,
            default=None,
        )
        if cluster is None:
            cluster = Cluster(x, y)
            cells.setdefault((column, row), []).append(cluster)
            marks.append(cluster)
        cluster.points.append(point)
    return sorted(marks, key=lambda mark: -len(mark.points))


def labels(marks: Sequence[Cluster], frame: Frame) -> Iterator[Label]:
    """Yield labels that fit and overlap neither each other nor a mark."""
    taken = [
        (mark.x - mark.radius, mark.y - mark.radius, mark.x + mark.radius, mark.y + mark.radius)
        for mark in marks
    ]
    for mark in marks:
        for label in _label_positions(mark):
            box = label.box
            inside = box[0] >= 0 and box[2] <= frame.width
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                yield label
                break


def _label_positions(mark: Cluster) -> Iterator[Label]:
    """Yield the possible positions of a label, the best first."""
    beside, above = mark.radius + _GAP, mark.radius + _LINE / 2 + 1
    yield Label(mark, "left", beside)
    yield Label(mark, "right", -beside)
    yield Label(mark, "center", 0.0, -above)
    yield Label(mark, "center", 0.0, above)


def _overlap(box: Box, other: Box) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
