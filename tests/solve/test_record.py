"""The solution's record: its schema is the published one, it is sealed, and says where it comes from."""

import json
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from boundcheck.certify.proposal import Proposal
from boundcheck.core.content_digest import part_digests
from boundcheck.core.errors import InputError
from boundcheck.solve import record as records
from boundcheck.solve.record import Least, Solution, json_schema
from boundcheck.solve.solve import solve

from .brute_force import fully_connected, layer_sets

SCHEMA_FILE = Path(records.__file__).with_name("solution-1.schema.json")
NETWORK, LEVELS = fully_connected(64, 4000, 10), Proposal(levels=1, sets=layer_sets(wide=(2,)))


def test_the_published_schema_is_the_one_that_solutions_follow() -> None:
    assert SCHEMA_FILE.read_text() == json_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


def test_a_solution_is_sealed_and_read_back() -> None:
    solution = solve(NETWORK, LEVELS, Least.LEVELS, command="boundcheck solve")
    content = json.loads(solution.to_json())
    jsonschema.validate(content, json.loads(json_schema()))
    assert content["content_sha256"] == part_digests(content)
    assert Solution.model_validate(content).to_json() == solution.to_json()
    assert content["provenance"]["command"] == "boundcheck solve"
    assert content["proposal"]["levels"] is None and content["question"]["least"] == "levels"
    content["answers"][0]["value"] = "2"
    assert content["content_sha256"] != part_digests(content)


@pytest.mark.parametrize(
    ("proposal", "least", "message"),
    [
        (Proposal(keep=Fraction(1)), Least.LEVELS, "belongs to quantization"),
        (Proposal(levels=1), Least.KEEP, "belongs to pruning"),
        (Proposal(levels=1), Least.WIDTH, "a layer is named"),
        (Proposal(keep=Fraction(1)), Least.SPLIT, "a budget is what is split"),
        (Proposal(keep=Fraction(1), sets=layer_sets(wide=(7,))), Least.KEEP, "layer 7"),
    ],
)
def test_what_does_not_fit_together_is_refused(proposal: Proposal, least: Least, message: str) -> None:
    with pytest.raises(InputError, match=message):
        solve(NETWORK, proposal, least)
