"""The layerwise recursion against the printed formulas, typed here once more and evaluated with mpmath."""

from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from rung_runs import layer_sets, run_on_widths, theory_named

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.rungs import run_rung
from boundcheck.network.checkpoint import network_from_checkpoint


def growth(x: mpmath.mpf) -> mpmath.mpf:
    return x * mpmath.exp(x)


def wide_layer(
    error: mpmath.mpf, n_in: int, n_out: int, theta: mpmath.mpf, c_1: str, nu: mpmath.mpf, draw: dict
) -> mpmath.mpf:
    """(69): (1 + eps) (sigma^2 e + 2 alpha theta^2 (1 - p) nu^2 n_2 / (p (1 - alpha)))."""
    a, p, eps = (mpmath.mpf(draw[name]) for name in ("alpha", "bernoulli", "epsilon"))
    return (1 + eps) * (mpmath.mpf(c_1) ** 2 * error + 2 * a * theta**2 * (1 - p) * nu**2 * n_out / (p * (1 - a)))


def bottleneck(
    error: mpmath.mpf, n_2: int, n_3: int, theta: mpmath.mpf, c_1: str, nu_1: mpmath.mpf, nu_2: mpmath.mpf, draw: dict
) -> mpmath.mpf:
    """(83) with its Lambda and omega."""
    a, p, eps = (mpmath.mpf(draw[name]) for name in ("alpha", "bernoulli", "epsilon"))
    sigma = mpmath.mpf(c_1)
    lam = 2 * a * theta * (1 - p) * sigma * nu_1**2 * mpmath.sqrt(n_2) / (p * (1 - a))
    omega = (
        theta**2
        + 2 * theta * nu_2**2 * n_3 * mpmath.sqrt(n_2) / sigma
        + 2 * theta**2 * (max(p, 1 - p) / p) * nu_1 * nu_2 * mpmath.sqrt(n_2 * n_3)
    )
    return (1 + eps) * ((1 + growth(lam)) * sigma**4 * error + growth(lam) * omega)


def entry(c_2: str, n_in: int, n_out: int) -> mpmath.mpf:
    return mpmath.mpf(c_2) / mpmath.sqrt(max(n_in, n_out))


def draw_at(record: RungRecord, layer: int) -> dict:
    parameters = next(block.parameters for block in record.blocks if block.layer == layer)
    return {
        name: mpmath.mpf(Fraction(text).numerator) / Fraction(text).denominator for name, text in parameters.items()
    }


def test_wide_bottleneck_and_uncompressed_layers_chain_as_printed() -> None:
    """Layers 1 wide, 2 untouched, 3 and 4 a bottleneck block, 5 wide; c_1 = 1.1 makes theta differ by layer."""
    widths, c_1, c_2 = [9000, 40, 30, 4000, 20, 5], "1.1", "0.9"
    proposal = Proposal(keep=Fraction(3, 5), sets=layer_sets(wide=[1, 5], bottleneck=[3]))
    record = run_on_widths("layerwise", widths, proposal, c_1, c_2)
    sigma = mpmath.mpf(c_1)
    with mpmath.workdps(40):
        error = wide_layer(mpmath.mpf(0), 9000, 40, mpmath.mpf(1), c_1, entry(c_2, 9000, 40), draw_at(record, 1))
        assert mpmath.almosteq(error, mpmath.mpf(record.blocks[0].error), 1e-12)
        error *= sigma**2
        inner = entry(c_2, 30, 4000), entry(c_2, 4000, 20)
        error = bottleneck(error, 4000, 20, sigma**2, c_1, *inner, draw_at(record, 3))
        assert mpmath.almosteq(error, mpmath.mpf(record.blocks[1].error), 1e-12)
        error = wide_layer(error, 20, 5, sigma**4, c_1, entry(c_2, 20, 5), draw_at(record, 5))
        assert record.error_bound is not None
        assert mpmath.mpf(record.error_bound) >= error
        assert mpmath.almosteq(error, mpmath.mpf(record.error_bound), 1e-9)


@pytest.mark.parametrize("keep", ["0.05", "0.3", "0.75", "1"])
def test_what_is_promised_is_within_the_request_and_used_up_to_one_entry_in_a_thousand(keep: str) -> None:
    proposal = Proposal(keep=Fraction(keep), sets=layer_sets(wide=[1]))
    record = run_on_widths("layerwise", [1000, 20], proposal)
    promised = Fraction(record.kept_fraction or 2)
    assert Fraction(keep) - Fraction(1, 1000) <= promised <= Fraction(keep)


def test_fixed_parameters_are_kept() -> None:
    proposal = Proposal(keep=Fraction(1, 2), sets=layer_sets(wide=[1]), alpha=Fraction(9, 10), bernoulli=Fraction(2, 5))
    record = run_on_widths("layerwise", [1000, 20], proposal)
    parameters = record.blocks[0].parameters
    assert (parameters["alpha"], parameters["bernoulli"]) == ("0.9", "0.4")


def test_an_impossible_request_fails_and_says_why() -> None:
    """alpha = 1/2 leaves half the entries alone: 0.3 cannot be kept."""
    proposal = Proposal(keep=Fraction(3, 10), sets=layer_sets(wide=[1]), alpha=Fraction(1, 2))
    record = run_on_widths("layerwise", [1000, 20], proposal)
    assert record.verdict == "FAILS"
    assert record.error_bound is None
    assert "layer 1: no parameters of the draw meet the request" in record.reason


def test_shares_of_the_output_error_add_up_to_one() -> None:
    proposal = Proposal(keep=Fraction(3, 5), sets=layer_sets(wide=[1, 5], bottleneck=[3]))
    record = run_on_widths("layerwise", [9000, 40, 30, 4000, 20, 5], proposal, "1.1", "0.9")
    shares = [term.share for term in record.terms if term.share is not None]
    assert len(shares) == 5
    assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_a_smaller_error_was_not_missed_by_the_search() -> None:
    """The chosen parameters against a dense grid of others, at the same promise."""
    best = Fraction(
        run_on_widths("layerwise", [1000, 20], Proposal(keep=Fraction(1, 2), sets=layer_sets(wide=[1]))).error_bound
        or 0
    )
    for alpha in range(52, 100, 2):
        for bernoulli in range(2, 60, 4):
            fixed = Proposal(
                keep=Fraction(1, 2),
                sets=layer_sets(wide=[1]),
                alpha=Fraction(alpha, 100),
                bernoulli=Fraction(bernoulli, 100),
            )
            record = run_on_widths("layerwise", [1000, 20], fixed)
            if record.error_bound is not None:
                assert Fraction(record.error_bound) >= best * Fraction(999, 1000)


def test_every_layer_enters_with_its_own_norms(tmp_path: Path) -> None:
    """Layers of very different norms, measured: a bottleneck 1-2, an untouched layer 3, a wide layer 4."""
    rng = np.random.default_rng(5)
    shapes, scales = [(300, 4), (3, 300), (60, 3), (2, 60)], [0.5, 0.02, 0.9, 0.1]
    weights = [s * rng.uniform(-1, 1, shape) / max(shape) ** 0.5 for shape, s in zip(shapes, scales, strict=True)]
    np.savez(tmp_path / "net.npz", activation="tanh", **{f"W{n}": w for n, w in enumerate(weights, start=1)})
    network = network_from_checkpoint(tmp_path / "net.npz", None)
    proposal = Proposal(keep=Fraction(3, 5), sets=layer_sets(wide=[4], bottleneck=[1]))
    record = run_rung(theory_named("layerwise", proposal), network, proposal, Goal(Fraction(1), Fraction(1)), None)
    sigma = [mpmath.mpf(np.linalg.norm(w, 2)) for w in weights]
    nu = [mpmath.mpf(np.abs(w).max()) for w in weights]
    draw = draw_at(record, 1)
    a, p, eps = (mpmath.mpf(draw[name]) for name in ("alpha", "bernoulli", "epsilon"))
    lam = 2 * a * (1 - p) * sigma[1] * nu[0] ** 2 * mpmath.sqrt(300) / (p * (1 - a))
    omega = 1 + 2 * nu[1] ** 2 * 3 * mpmath.sqrt(300) / sigma[1]
    omega += 2 * (max(p, 1 - p) / p) * nu[0] * nu[1] * mpmath.sqrt(300 * 3)
    error = (1 + eps) * growth(lam) * omega * sigma[2] ** 2
    theta = sigma[0] * sigma[1] * sigma[2]
    draw = draw_at(record, 4)
    a, p, eps = (mpmath.mpf(draw[name]) for name in ("alpha", "bernoulli", "epsilon"))
    error = (1 + eps) * (sigma[3] ** 2 * error + 2 * a * theta**2 * (1 - p) * nu[3] ** 2 * 2 / (p * (1 - a)))
    assert record.error_bound is not None
    assert mpmath.almosteq(error, mpmath.mpf(record.error_bound), 1e-8)
