"""Pruning of neurons and of filters: the printed formulas typed once more, what is drawn, shares, and refusals."""

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
from rung_runs import layer_sets, run_on_channels, run_on_widths, theory_named

import boundcheck
from boundcheck import Granularity, InputError, Proposal
from boundcheck.certify.block import layer_environment
from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.scaling import scaled_network
from boundcheck.certify.theory import theories
from boundcheck.core.rung import Mode, Quantity, Unit
from boundcheck.core.verdict import Verdict
from boundcheck.library import library
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.from_channels import network_from_channels

STRUCTURED, CONV = Granularity.STRUCTURED, Granularity.CONV
SETS = layer_sets(wide=[1, 5], bottleneck=[3])


def growth(x: mpmath.mpf) -> mpmath.mpf:
    return x * mpmath.exp(x)


def exactly(text: str) -> mpmath.mpf:
    return mpmath.mpf(Fraction(text).numerator) / Fraction(text).denominator


def drawn(record: RungRecord, layer: int) -> tuple[mpmath.mpf, ...]:
    block = next(block for block in record.blocks if block.layer == layer)
    return tuple(exactly(block.parameters[name]) for name in ("alpha", "bernoulli", "epsilon"))


def columns(
    error: mpmath.mpf, theta: mpmath.mpf, sigma: str, nu: mpmath.mpf, n_2: int, k: int, draw: tuple
) -> mpmath.mpf:
    """(106): (1 + eps) (sigma_1^2 e + 2 alpha theta^2 (1 - p) nu_1^2 n_2 / (p (1 - alpha) k))."""
    a, p, eps = draw
    added = 2 * a * theta**2 * (1 - p) / (p * (1 - a)) * nu**2 * n_2 / k
    return (1 + eps) * (exactly(sigma) ** 2 * error + added)


def rows(
    error: mpmath.mpf, theta: mpmath.mpf, sigma: tuple, nu: tuple, n_1: int, n_3: int, k: int, draw: tuple
) -> mpmath.mpf:
    """(117) with its Lambda, omega and tau; sigma and nu of both layers."""
    a, p, eps = draw
    root = mpmath.sqrt(k)
    lam = 2 * a * theta * (1 - p) / (p * (1 - a)) * sigma[0] ** 2 * nu[1] * mpmath.sqrt(n_3) / root
    tau = max(1, (1 - p) / p)
    omega = 2 * theta * nu[1] * mpmath.sqrt(n_3) + 2 * tau * theta**2 * sigma[1] * nu[0] * mpmath.sqrt(n_1)
    carried_on = (sigma[0] * sigma[1]) ** 2 * error
    return (1 + eps) * ((1 + growth(lam)) * carried_on + growth(lam) * (omega / root + theta**2))


@pytest.mark.parametrize("granularity", [STRUCTURED, CONV])
def test_wide_bottleneck_and_uncompressed_layers_chain_as_printed(granularity: Granularity) -> None:
    """Layers 1 wide, 2 untouched, 3 and 4 a bottleneck block, 5 wide; kernels 2 x 2 on 3 x 3 maps, so k = 9."""
    numbers, c_1, c_2 = [9000, 40, 30, 90_000, 20, 5], "1.1", "0.9"
    proposal = Proposal(keep=Fraction(3, 5), sets=SETS, granularity=granularity)
    if granularity is CONV:
        record, q, k = run_on_channels("layerwise", numbers, (2, 3), proposal, c_1, c_2), 2, 9
    else:
        record, q, k = run_on_widths("layerwise", numbers, proposal, c_1, c_2), 1, 1
    with mpmath.workdps(40):
        sigma = exactly(c_1)

        def nu(layer: int) -> mpmath.mpf:
            """(139): a block's norm is at most c_2 q over the root of the larger number of channels."""
            return exactly(c_2) * q / mpmath.sqrt(max(numbers[layer - 1], numbers[layer]))

        error = columns(mpmath.mpf(0), mpmath.mpf(1), c_1, nu(1), 40 * k, k, drawn(record, 1))
        assert mpmath.almosteq(error, exactly(record.blocks[0].error or "nan"), 1e-12)
        error *= sigma**2
        error = rows(error, sigma**2, (sigma, sigma), (nu(3), nu(4)), 30 * k, 20 * k, k, drawn(record, 3))
        assert mpmath.almosteq(error, exactly(record.blocks[1].error or "nan"), 1e-12)
        error = columns(error, sigma**4, c_1, nu(5), 5 * k, k, drawn(record, 5))
        assert record.error_bound is not None
        assert exactly(record.error_bound) >= error
        assert mpmath.almosteq(error, exactly(record.error_bound), 1e-9)


@pytest.mark.parametrize("granularity", [STRUCTURED, CONV])
def test_both_layers_of_a_bottleneck_enter_with_their_own_norms(tmp_path: Path, granularity: Granularity) -> None:
    """Measured layers of very different norms; a convolution's blocks have the norms of its Fourier transform."""
    rng = np.random.default_rng(8)
    side, q = (3, 2) if granularity is CONV else (1, 1)
    first, second = rng.uniform(-1, 1, (90, 4, q, q)) / 200, rng.uniform(-1, 1, (2, 90, q, q)) / 20
    kernels = (first, second)
    stored = kernels if granularity is CONV else (first[:, :, 0, 0], second[:, :, 0, 0])
    np.savez(tmp_path / "net.npz", W1=stored[0], W2=stored[1], activation="tanh")
    network = (
        convolutional_network_from_checkpoint(tmp_path / "net.npz", side)
        if granularity is CONV
        else boundcheck.network_from_checkpoint(tmp_path / "net.npz")
    )
    proposal = Proposal(keep=Fraction(3, 5), sets=layer_sets(bottleneck=[1]), granularity=granularity)
    record = boundcheck.verify(network, proposal).rung("layerwise")
    transforms = [np.fft.fft2(kernel, s=(side, side)) for kernel in kernels]
    sigma = tuple(mpmath.mpf(np.linalg.norm(t.transpose(2, 3, 0, 1), 2, axis=(2, 3)).max()) for t in transforms)
    nu = tuple(mpmath.mpf(np.abs(t).max()) for t in transforms)
    k = side**2
    error = rows(mpmath.mpf(0), mpmath.mpf(1), sigma, nu, 4 * k, 2 * k, k, drawn(record, 1))
    assert mpmath.almosteq(error, exactly(record.error_bound or "nan"), 1e-8)


@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_drawn_from_fits_the_claim(mode: Mode) -> None:
    """With N units, T = floor(alpha N) draws and t nonzero ones, every corrected claim promises (N - T + t)/N."""
    if mode is Mode.CONV:
        network = network_from_channels([12, 30, 6], 2, 3, Fraction(1), Fraction(1))
    else:
        network = boundcheck.network_from_widths([12, 30, 6], Fraction(1), Fraction(1))
    scaled = scaled_network(network)
    sizes = {Unit.ENTRIES: 360, Unit.COLUMNS: 12, Unit.ROWS: 30, Unit.INPUT_FILTERS: 12, Unit.OUTPUT_FILTERS: 30}
    draw = {Quantity.ALPHA: Fraction(3, 5), Quantity.BERNOULLI: Fraction(2, 5), Quantity.GAMMA: Fraction(1, 3)}
    environment = {**layer_environment(scaled, scaled.layers[0]), **draw, Quantity.LEVELS: 3}
    found = set()
    for theory in (t for t in theories(library(), mode) if t.rung.decides):
        for bound in theory.roles.values():
            for role, source in bound.use.drawn.items():
                units = sizes[source.unit]
                assert bound.units(role, environment) == units
                draws = math.floor(Fraction(3, 5) * units)
                nonzero = math.floor(Fraction(4, 3) * Fraction(2, 5) * draws) if mode.prunes else 0
                assert bound.promised_share(role, environment) == Fraction(units - draws + nonzero, units)
                found.add((theory.rung.name, role))
    assert found >= {(name, role) for name in ("corrected", "layerwise") for role in ("wide", "bottleneck")}


@pytest.mark.parametrize("rung", ["printed", "corrected", "layerwise"])
def test_wide_layers_draw_columns_and_bottlenecks_rows(rung: str) -> None:
    proposal = Proposal(keep=Fraction(3, 5), sets=SETS, granularity=STRUCTURED)
    record = run_on_widths(rung, [9000, 40, 30, 4000, 200, 5], proposal)
    assert [(b.layer, b.unit, b.units) for b in record.blocks] == [
        (1, Unit.COLUMNS, 9000),
        (3, Unit.ROWS, 4000),
        (5, Unit.COLUMNS, 200),
    ]
    for block in record.blocks:
        assert Fraction(block.promised_kept or 2) <= Fraction(3, 5)


def test_the_share_of_the_network_counts_a_convolutions_weights_once() -> None:
    """Input filters of layer 1 (300 x 20 x 9 weights); layer 2 has 20 x 4 x 9."""
    proposal = Proposal(keep=Fraction(1, 2), sets=layer_sets(wide=[1]), granularity=CONV)
    record = run_on_channels("layerwise", [300, 20, 4], (3, 5), proposal)
    kept, whole = Fraction(record.kept_fraction or 0), Fraction(record.kept_fraction_network or 0)
    expected = (kept * 300 * 20 + 20 * 4) / (300 * 20 + 20 * 4)
    assert 0 <= whole - expected < Fraction(1, 10**8)


def test_kernels_of_different_sides_count_as_the_largest(tmp_path: Path) -> None:
    """(33)-(36) have one q: a smaller kernel lies in a larger one, padded with zeros."""
    rng = np.random.default_rng(3)
    kernels = {"W1": rng.uniform(-1, 1, (4, 20, 1, 1)) / 40, "W2": rng.uniform(-1, 1, (2, 4, 3, 3)) / 40}
    padded = {**kernels, "W1": np.pad(kernels["W1"], ((0, 0), (0, 0), (0, 2), (0, 2)))}
    proposal = Proposal(keep=Fraction(4, 5), sets=layer_sets(wide=[1]), granularity=CONV)
    records = []
    for name, arrays in (("small", kernels), ("padded", padded)):
        np.savez(tmp_path / f"{name}.npz", activation="relu", **arrays)
        network = convolutional_network_from_checkpoint(tmp_path / f"{name}.npz", 4)
        certificate = boundcheck.verify(network, proposal)
        records.append((certificate.network.c_2, certificate.rung("corrected").assumptions))
    assert records[0] == records[1]


@pytest.mark.parametrize("granularity", [STRUCTURED, CONV])
def test_the_input_radius_reaches_the_norms_of_blocks(tmp_path: Path, granularity: Granularity) -> None:
    """Inputs of radius 2 are those of radius 1 in front of 2 W_1: the same bound, whatever is in W_1."""
    rng = np.random.default_rng(4)
    shape = (3, 40, 2, 2) if granularity is CONV else (3, 40)
    weight = rng.uniform(-1, 1, shape) / 50
    inputs = rng.normal(size=(6, 40 * (9 if granularity is CONV else 1)))
    inputs /= np.linalg.norm(inputs, axis=1).max()
    proposal = Proposal(keep=Fraction(1, 2), sets=layer_sets(wide=[1]), granularity=granularity)
    errors = []
    for factor in (1, 2):
        np.savez(tmp_path / "net.npz", W1=weight * factor, activation="relu")
        np.save(tmp_path / "x.npy", inputs * 2 / factor)
        network = (
            convolutional_network_from_checkpoint(tmp_path / "net.npz", 3)
            if granularity is CONV
            else boundcheck.network_from_checkpoint(tmp_path / "net.npz")
        )
        certificate = boundcheck.verify(network, proposal, boundcheck.load_data(str(tmp_path / "x.npy")))
        errors.append(float(certificate.rung("layerwise").error_bound or "nan"))
    assert errors[0] == pytest.approx(errors[1], rel=1e-8)


def test_a_block_size_that_does_not_divide_a_width_fails() -> None:
    """No reader gives such a layer; the assumption still decides."""
    network = network_from_channels([30, 4], 2, 3, Fraction(1), Fraction(1))
    (layer,) = network.layers
    odd = replace(network, layers=(replace(layer, n_in=layer.n_in + 1),))
    certificate = boundcheck.verify(odd, Proposal(keep=Fraction(1, 2), sets=layer_sets(wide=[1]), granularity=CONV))
    rows = {row.id: row.verdict for row in certificate.rung("layerwise").assumptions}
    assert (rows["block-input"], rows["block-output"]) == (Verdict.FAILS, Verdict.HOLDS)
    assert certificate.rung("layerwise").verdict is Verdict.FAILS


def test_other_kinds_of_layers_are_refused_by_name() -> None:
    dense = boundcheck.network_from_widths([12, 30, 6], Fraction(1), Fraction(1))
    convolutions = network_from_channels([12, 30, 6], 2, 3, Fraction(1), Fraction(1))
    mixed = replace(convolutions, layers=(convolutions.layers[0], replace(dense.layers[1], name="fc")))
    for granularity in (Granularity.UNSTRUCTURED, STRUCTURED):
        with pytest.raises(InputError, match="layer 1: is a convolution"):
            boundcheck.verify(convolutions, Proposal(keep=Fraction(1, 2), granularity=granularity))
    for network, name in ((dense, "layer 1"), (mixed, r"layer 2 \(fc\)")):
        with pytest.raises(InputError, match=f"{name}: is fully connected, and mode=conv is about convolutions alone"):
            boundcheck.verify(network, Proposal(keep=Fraction(1, 2), granularity=CONV))


def test_every_term_names_the_statement_of_its_own_step() -> None:
    proposal = Proposal(keep=Fraction(3, 5), sets=layer_sets(wide=[2]), granularity=STRUCTURED)
    terms = run_on_widths("layerwise", [20, 4000, 10], proposal).terms
    carried = {term.layer: term.origin for term in terms if term.name == "carried on"}
    assert carried == {1: "lemma-17", 2: "proposition-24"}


def test_the_printed_rung_takes_the_bernoulli_that_its_claim_leaves() -> None:
    """1.01 p = keep for columns and rows, 0.01 + 1.01 p = keep for entries."""
    for granularity, remainder in ((STRUCTURED, 0), (Granularity.UNSTRUCTURED, Fraction(1, 100))):
        proposal = Proposal(keep=Fraction(1, 2), sets=SETS, granularity=granularity)
        record = run_on_widths("printed", [9000, 40, 30, 4000, 200, 5], proposal)
        assert Fraction(record.parameters["bernoulli"]) == (Fraction(1, 2) - remainder) / Fraction(101, 100)


def test_theory_of_every_mode_is_its_own() -> None:
    used = {
        granularity: theory_named("corrected", Proposal(keep=Fraction(1, 2), granularity=granularity))
        .roles["network"]
        .statement.id
        for granularity in Granularity
    }
    assert used == {"unstructured": "theorem-2", "structured": "theorem-6", "conv": "theorem-7"}
