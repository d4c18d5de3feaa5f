"""Places the statements of an audit in layers, what is used above what uses it, for a drawing of the uses-graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMN, ROW, WIDTH, HEIGHT = 158, 84, 138, 44
SWEEPS = 8


@dataclass(frozen=True)
class Node:
    """A statement's box: left upper corner in pixels."""

    id: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """Boxes, edges from what is used to what uses it as pairs of ids, and the size of the picture in pixels."""

    nodes: Mapping[str, Node]
    edges: Sequence[tuple[str, str]]
    width: float
    height: float


def draw(uses: Mapping[str, Sequence[str]]) -> Drawing:
    """Lay out an acyclic uses-graph: a statement stands below everything it uses."""
    edges = [(used, user) for user, targets in uses.items() for used in targets if used in uses]
    rows = _ordered(_rows(uses), uses)
    widest = max(len(row) for row in rows)
    nodes = {}
    for level, row in enumerate(rows):
        indent = (widest - len(row)) * COLUMN / 2
        for place, name in enumerate(row):
            nodes[name] = Node(name, 10 + indent + place * COLUMN, 10 + level * ROW)
    return Drawing(nodes, edges, 20 + widest * COLUMN, 20 + len(rows) * ROW)


def _rows(uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    levels: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in levels:
            levels[name] = 1 + max((level(used) for used in uses[name] if used in uses), default=-1)
        return levels[name]

    rows: list[list[str]] = []
    for name in uses:
        while len(rows) <= level(name):
            rows.append([])
        rows[level(name)].append(name)
    return rows


def _ordered(rows: list[list[str]], uses: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Fewer crossings: every statement goes near the middle of its neighbours, back and forth."""
    neighbours: dict[str, list[str]] = {name: [used for used in uses[name] if used in uses] for name in uses}
    for user, targets in list(neighbours.items()):
        for used in targets:
            neighbours[used] = [*neighbours[used], user]
    for _ in range(SWEEPS):
        place = {name: (index + 0.5) / len(row) for row in rows for index, name in enumerate(row)}

        def middle(name: str, place: Mapping[str, float] = place) -> float:
            around = [place[other] for other in neighbours[name]]
            return sum(around) / len(around) if around else place[name]

        rows = [sorted(row, key=middle) for row in rows]
    return rows
