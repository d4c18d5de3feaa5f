"""The contract of experiments: they name what their statements have, and bind every symbol that is asked for."""

import numpy as np
import pytest
import sympy
from sympy.core.relational import Relational
from trial_blocks import drawn, random_block

from boundcheck.core.experiment import Counted, Experiment, Measured, Observed
from boundcheck.core.rung import Mode, Quantity
from boundcheck.core.statement import Statement, Variant
from boundcheck.library import library
from boundcheck.trial.block_cases import block_cases
from boundcheck.trial.case_builder import Options
from boundcheck.trial.claims import bounds

EVERY = [(experiment, paper) for paper in library(proofs=False).papers.values() for experiment in paper.experiments]
NAMES = [f"{experiment.statement}-{experiment.measured.name.lower()}" for experiment, _ in EVERY]
FORMS = [
    pytest.param(experiment, paper.statements[experiment.statement], variant, id=f"{name}-{label}")
    for (experiment, paper), name in zip(EVERY, NAMES, strict=True)
    for label, variant in paper.statements[experiment.statement].variants.items()
]
OF_THE_PAPER = [experiment for experiment, paper in EVERY if paper.id == "cheairi2026"]
SHARP = [experiment for experiment, paper in EVERY if paper.id == "sharp"]
OF_ONE_FORM = {"draws", "tail", "largest-deviation"}
"""Assumptions that only the printed or only the corrected form has."""


def test_every_proposition_and_lemma_that_can_be_tried_has_one() -> None:
    expected = {f"proposition-{number}" for number in range(18, 26)} | {f"lemma-{number}" for number in (8, 15, 16)}
    assert {experiment.statement for experiment in OF_THE_PAPER} == expected
    both_parts = {(e.statement, e.spans) for e in OF_THE_PAPER if e.statement in ("lemma-15", "lemma-16")}
    assert both_parts == {(f"lemma-{number}", spans) for number in (15, 16) for spans in (1, 2)}


def test_spans_and_modes() -> None:
    """As sections 5 and 6 of the paper have them."""
    spans = {e.statement: e.spans for e in OF_THE_PAPER if e.measured is Measured.BLOCK_ERROR}
    assert spans == {f"proposition-{n}": 2 if n in (21, 22, 23, 25) else 1 for n in range(18, 26)}
    modes = {e.statement: set(e.modes) for e in OF_THE_PAPER if e.measured is Measured.BLOCK_ERROR}
    assert modes == {
        **{f"proposition-{n}": {Mode.QUANTIZE} for n in (18, 21)},
        **{f"proposition-{n}": {Mode.PRUNE} for n in (19, 22)},
        **{f"proposition-{n}": {Mode.PRUNE, Mode.QUANTIZE} for n in (20, 23)},
        **{f"proposition-{n}": {Mode.STRUCTURED} for n in (24, 25)},
    }


def test_sharp_bounds_of_layers_and_blocks_have_one_each() -> None:
    entries = {Mode.PRUNE: "pruned", Mode.QUANTIZE: "quantized"}
    expected = {
        **{f"sharp-wide-layer-{name}": (1, (mode,)) for mode, name in entries.items()},
        **{f"sharp-bottleneck-{name}": (2, (mode,)) for mode, name in entries.items()},
        "sharp-wide-layer-columns": (1, (Mode.STRUCTURED,)),
        "sharp-bottleneck-rows": (2, (Mode.STRUCTURED,)),
    }
    assert {e.statement: (e.spans, e.modes) for e in SHARP} == expected
    for experiment in SHARP:
        symbols = [s for s, known in experiment.binding.items() if known is Quantity.EPSILON]
        prunes = Mode.QUANTIZE not in experiment.modes
        assert experiment.factor == (1 + symbols[0] if prunes else sympy.Integer(1))


@pytest.mark.parametrize("experiment, statement, variant", FORMS)
def test_every_symbol_is_bound(experiment: Experiment, statement: Statement, variant: Variant) -> None:
    asked = [
        assumption.relation
        for assumption in variant.assumptions_of(experiment.claim)
        if assumption.id not in experiment.by_construction
    ]
    relation = variant.claim(experiment.claim).relation
    assert isinstance(relation, Relational)
    asked.append(relation.rhs)
    asked += [term.expression for term in variant.claim(experiment.claim).terms]
    for name in filter(None, (experiment.counted, *experiment.counts)):
        claim = variant.claim(name).relation
        # The left side of a count is what is counted; values are said of by one relation as a whole.
        asked.append(claim.rhs if isinstance(claim, Relational) else claim)
    for expression in asked:
        unbound = variant.expand(expression).free_symbols - set(experiment.binding)
        assert not unbound, f"{expression}: {unbound}"


@pytest.mark.parametrize("experiment, statement, variant", FORMS)
def test_the_bound_symbols_are_the_statements_own(
    experiment: Experiment, statement: Statement, variant: Variant
) -> None:
    """No binding of a symbol that another statement writes differently."""
    known = {variable.symbol for variable in statement.variables} | set(variant.definitions)
    used = set().union(*(variant.expand(a.relation).free_symbols for a in variant.assumptions_of(experiment.claim)))
    used |= variant.expand(variant.claim(experiment.claim).relation).free_symbols
    assert used <= known
    assert used & set(experiment.binding)


@pytest.mark.parametrize("experiment, paper", EVERY, ids=NAMES)
def test_named_assumptions_and_claims_exist(experiment: Experiment, paper: object) -> None:
    statement = paper.statements[experiment.statement]  # type: ignore[attr-defined]
    named = {*experiment.by_construction, *experiment.of_one_realization}
    everywhere = [{a.id for a in variant.assumptions} for variant in statement.variants.values()]
    assert named <= set().union(*everywhere)
    for ids in everywhere:
        assert named - OF_ONE_FORM <= ids
    for variant in statement.variants.values():
        claims = {claim.id for claim in variant.claims}
        assert {experiment.claim, *experiment.counts} | ({experiment.counted} - {None}) <= claims
    assert all(experiment.by_construction.values())  # with a reason each


@pytest.mark.parametrize("experiment, paper", EVERY, ids=NAMES)
def test_only_what_cannot_be_checked_is_taken_for_granted(experiment: Experiment, paper: object) -> None:
    """Activations, alpha, the radius and the blocks are checked at every instance."""
    checked = {"activation-zero-at-zero", "activation-lipschitz", "activation-curvature", "alpha-above", "alpha-below",
               "radius", "factor", "tail", "block-input", "block-output", "block-next"}  # fmt: skip
    assert not checked & set(experiment.by_construction)
    assert set(experiment.of_one_realization) <= {"draws", "tail"}


def test_the_factor_of_one_realization_is_that_of_lemma_12() -> None:
    for experiment in OF_THE_PAPER:
        prunes = experiment.statement in {f"proposition-{number}" for number in (19, 22, 24, 25)}
        symbols = [s for s, known in experiment.binding.items() if known is Quantity.EPSILON]
        assert experiment.factor == (1 + symbols[0] if prunes else sympy.Integer(1))
        assert experiment.exhibits == (prunes or experiment.statement in ("proposition-18", "proposition-21"))


def test_shares_and_numbers() -> None:
    """Propositions 18, 19, 21 and 22 speak of shares, the others of numbers."""
    for experiment in OF_THE_PAPER:
        for counted in experiment.counts.values():
            share = counted in (Counted.KEPT_SHARE, Counted.UNPROCESSED_SHARE)
            of_shares = experiment.statement in {f"proposition-{number}" for number in (18, 19, 21, 22)}
            assert share == (of_shares and counted is not Counted.VALUES)


def test_blocks_are_bound_to_norms_of_blocks() -> None:
    for experiment in OF_THE_PAPER:
        bound_to = set(experiment.binding.values())
        of_blocks = Mode.STRUCTURED in experiment.modes
        assert (Quantity.BLOCK_NORM in bound_to) == of_blocks
        assert (Quantity.LARGEST_ENTRY in bound_to) == (not of_blocks and experiment.measured is not Measured.DRAWS)
        if experiment.measured is not Measured.DRAWS:
            assert {Observed.DENSE_INPUT_NORM, Observed.COMPRESSED_INPUT_NORM} <= bound_to
            assert Quantity.INPUT_NORM not in bound_to  # x and x' have norms of their own


def test_there_are_cases_for_each() -> None:
    """Every experiment comes to a case at an instance that meets its assumptions."""
    options = Options(seed=1, device="cpu", enumerates=True, equality_width=0.1, power=())
    reached = set()
    for spans in (1, 2):
        of = random_block(np.random.default_rng(0), spans, "tanh", "tanh", (4, 4, 2))
        for mode in ("prune", "quantize", "structured"):
            for case in block_cases(drawn(of, mode), bounds(None, None), options):
                reached.add((case.described.statement, case.described.variant, spans))  # type: ignore[union-attr]
    expected = {(b.statement.id, b.variant_name, b.experiment.spans) for b in bounds(None, None)}
    assert reached == expected
