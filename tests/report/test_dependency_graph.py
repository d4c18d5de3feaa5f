"""The drawing of the uses-graph: what is used stands above, nothing overlaps, every edge is there."""

from itertools import combinations

from boundcheck.library import library
from boundcheck.report.dependency_graph import HEIGHT, WIDTH, draw


def uses() -> dict[str, tuple[str, ...]]:
    return {s.id: tuple(dict.fromkeys((*s.uses, *s.proof_uses))) for s in library().statements()}


def test_every_statement_and_use_is_drawn_with_what_is_used_above() -> None:
    graph = uses()
    drawing = draw(graph)
    assert set(drawing.nodes) == set(graph)
    assert sorted(drawing.edges) == sorted((used, user) for user, targets in graph.items() for used in targets)
    for used, user in drawing.edges:
        assert drawing.nodes[used].y + HEIGHT < drawing.nodes[user].y


def test_boxes_do_not_overlap_and_lie_in_the_picture() -> None:
    drawing = draw(uses())
    for node in drawing.nodes.values():
        assert 0 <= node.x <= drawing.width - WIDTH and 0 <= node.y <= drawing.height - HEIGHT
    for one, other in combinations(drawing.nodes.values(), 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT


def test_a_use_outside_the_graph_is_left_out() -> None:
    assert draw({"a": ("b",)}).edges == []
