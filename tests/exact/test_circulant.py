"""Norms of convolutions: known in closed form, against the matrix itself, and faults that the radii must absorb."""

import itertools
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from convolution_instances import dense, random_kernels
from flint import arb
from statement_formulas import at, claim

from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact import circulant as module
from boundcheck.exact import operator_norm as norms
from boundcheck.exact.ball import ball
from boundcheck.exact.ball_matrix import BallMatrix
from boundcheck.exact.circulant import convolution_norm, half_of_the_frequencies, largest_block_norm
from boundcheck.exact.operator_norm import operator_norm

BOTH = pytest.mark.parametrize("measure", [convolution_norm, largest_block_norm])
rng = np.random.default_rng(11)


def relative_width(x: arb) -> float:
    return float(x.rad() / abs(x.mid()))


def known(enclosure: arb, value: arb) -> bool:
    return bool(enclosure.overlaps(value)) and enclosure.contains(value.mid()) and relative_width(enclosure) < 1e-13


def matrix_of(kernels: np.ndarray, r: int) -> np.ndarray:
    """W(K) from the definition of the convolution; the entries are moved, not computed."""
    exact = [[[[Fraction(float(e)) for e in row] for row in kernel] for kernel in row] for row in kernels]
    return np.array([[float(entry) for entry in row] for row in dense(exact, r)])


def precise_norm(matrix: np.ndarray) -> arb:
    with mpmath.workdps(60):
        largest = max(mpmath.svd_r(mpmath.matrix(matrix.tolist()), compute_uv=False))
        return arb(mpmath.nstr(largest, 50))


def one_kernel(*rows: list[float]) -> np.ndarray:
    return np.array([[rows]], dtype=np.float64)


@BOTH
@pytest.mark.parametrize("r", [1, 2, 3, 5, 8])
def test_one_nonzero_entry_is_a_permutation(measure, r):
    for q in range(1, min(r, 3) + 1):
        for place in itertools.product(range(q), repeat=2):
            kernel = np.zeros((1, 1, q, q))
            kernel[0, 0][place] = -1.0
            assert known(measure(kernel, r), arb(1))


@BOTH
@pytest.mark.parametrize(
    ("kernel", "r", "norm"),
    [
        (one_kernel([1, 1], [1, -1]), 2, arb(2)),  # the transform is 2 or -2 everywhere
        (one_kernel([1, 1], [1, 1]), 2, arb(4)),  # attained at frequency (0, 0)
        (one_kernel([1, -1], [-1, 1]), 2, arb(4)),  # only at (1, 1)
        (one_kernel([1, -1], [1, -1]), 4, arb(4)),  # only at (0, 2)
        (one_kernel([1, 1], [-1, -1]), 4, arb(4)),  # only at (2, 0)
        (one_kernel([1, 0, -1], [0, 0, 0], [0, 0, 0]), 4, arb(2)),  # 1 - i^(2l): only at l = 1 and 3
        (one_kernel([1, 0], [0, 1]), 3, arb(2)),
        (one_kernel([1, -1], [0, 0]), 3, ball(3).sqrt()),  # |1 - omega|
        (one_kernel([1, 2], [0, 0]), 4, arb(3)),
    ],
)
def test_single_kernels_known_in_closed_form(measure, kernel, r, norm):
    assert known(measure(kernel, r), norm)
    assert known(measure(-kernel * 0.375, r), norm * arb(0.375))


def test_maps_of_one_pixel_are_matrices():
    matrix = np.array([[1.0, 1.0], [0.0, -1.0]])
    kernels = matrix[:, :, None, None]
    assert known(convolution_norm(kernels, 1), (1 + ball(5).sqrt()) / 2)
    assert known(largest_block_norm(kernels, 1), arb(1))


def test_the_block_norm_is_of_one_block_and_the_norm_of_all():
    """Four equal blocks: (1 1; 1 1) times a kernel of norm 3."""
    kernels = np.broadcast_to(one_kernel([1, 2], [0, 0]), (2, 2, 2, 2))
    assert known(largest_block_norm(kernels, 4), arb(3))
    assert known(convolution_norm(kernels, 4), arb(6))


@BOTH
@pytest.mark.parametrize("r", [3, 4, 5])
def test_no_frequency_is_left_out(measure, r):
    """cos(2 pi (ka + lb) / r) has its whole transform at (k, l) and (-k, -l)."""
    a, b = np.indices((r, r))
    for k, l in itertools.product(range(r), repeat=2):  # noqa: E741
        wave = np.cos(2 * np.pi * (k * a + l * b) / r)
        height = r * r / (1 if (2 * k % r, 2 * l % r) == (0, 0) else 2)
        assert abs(measure(wave[None, None], r) - height) < 1e-12


@pytest.mark.parametrize("r", [1, 2, 3, 4, 7, 8])
def test_half_of_the_frequencies_has_one_of_each_pair(r):
    half = {tuple(pair) for pair in half_of_the_frequencies(r).tolist()}
    opposite = {tuple(-component % r for component in pair) for pair in half}
    assert len(half) == (r * r + (4 if r % 2 == 0 else 1)) // 2
    assert half | opposite == set(itertools.product(range(r), repeat=2))


@pytest.mark.parametrize(("d_out", "d_in", "q", "r"), [(2, 2, 2, 2), (2, 3, 2, 3), (3, 1, 3, 3), (1, 2, 2, 4)])
def test_against_a_precise_singular_value_decomposition_of_the_matrix(d_out, d_in, q, r):
    kernels = rng.standard_normal((d_out, d_in, q, q))
    matrix = matrix_of(kernels, r)
    assert convolution_norm(kernels, r).contains(precise_norm(matrix))
    blocks = [
        matrix[o : o + r * r, i : i + r * r]
        for o in range(0, d_out * r * r, r * r)
        for i in range(0, d_in * r * r, r * r)
    ]
    assert largest_block_norm(kernels, r).contains(max(precise_norm(block) for block in blocks))


@pytest.mark.parametrize(("d_out", "d_in", "q", "r"), [(4, 3, 3, 6), (3, 5, 2, 5), (1, 1, 5, 5), (6, 6, 1, 4)])
def test_against_the_norm_of_the_matrix(d_out, d_in, q, r):
    kernels = rng.standard_normal((d_out, d_in, q, q))
    enclosure = convolution_norm(kernels, r)
    assert enclosure.overlaps(operator_norm(matrix_of(kernels, r))) and relative_width(enclosure) < 1e-12


def test_many_channels_are_enclosed_narrowly():
    kernels = rng.standard_normal((60, 40, 3, 3)).astype(np.float32)
    enclosure = convolution_norm(kernels, 9)
    transformed = np.fft.fft2(kernels.astype(np.float64), (9, 9)).transpose(2, 3, 0, 1)
    largest = np.linalg.svd(transformed, compute_uv=False).max()
    assert float(enclosure.mid()) == pytest.approx(largest, rel=1e-11) and relative_width(enclosure) < 1e-11
    block = largest_block_norm(kernels, 9)
    assert float(block.mid()) == pytest.approx(np.abs(transformed).max(), rel=1e-11) and relative_width(block) < 1e-13


@BOTH
def test_frequencies_in_several_parts(measure, monkeypatch):
    kernels = rng.standard_normal((2, 3, 3, 3))
    whole = measure(kernels, 6)
    monkeypatch.setattr(module, "_ENTRIES_AT_ONCE", 18)
    assert abs(measure(kernels, 6) - whole) < 1e-12


def test_the_bound_for_most_frequencies_agrees_with_every_norm_by_itself(monkeypatch):
    kernels = rng.standard_normal((5, 4, 3, 3))
    screened = convolution_norm(kernels, 6)
    monkeypatch.setattr(module, "eigenvalue_bound", lambda gram, shift: None)
    assert abs(convolution_norm(kernels, 6) - screened) < 1e-12


def test_nothing_rests_on_eigenvectors_or_factors(monkeypatch):
    kernels = rng.standard_normal((3, 3, 2, 2))
    exact = precise_norm(matrix_of(kernels, 2))
    monkeypatch.setattr(np.linalg, "cholesky", lambda symmetric: np.zeros_like(symmetric))
    assert convolution_norm(kernels, 2).contains(exact)
    monkeypatch.setattr(norms, "_largest_eigenpair", lambda symmetric: None)
    enclosure = convolution_norm(kernels, 2)
    assert enclosure.contains(exact) and relative_width(enclosure) > 0.01


@BOTH
def test_the_radii_of_the_transform_count(measure, monkeypatch):
    """With every power of omega known to 1/8 only, the kernel 1 may be anything from 7/8 to |9/8 + i/8|."""
    original = module._powers_of_omega

    def vague(frequencies, q, map_side):
        return tuple(BallMatrix(part.mid, part.rad + 0.125) for part in original(frequencies, q, map_side))

    monkeypatch.setattr(module, "_powers_of_omega", vague)
    enclosure = measure(np.ones((1, 1, 1, 1)), 3)
    assert enclosure.lower() <= arb(0.875)
    assert enclosure.upper() >= (arb(1.125) ** 2 + arb(0.125) ** 2).sqrt().lower()


def test_the_powers_of_omega_are_enclosed():
    frequencies = half_of_the_frequencies(7)
    cosines, sines = module._powers_of_omega(frequencies, 3, 7)
    for row, (k, l) in enumerate(frequencies.tolist()):  # noqa: E741
        for column, (a, b) in enumerate(itertools.product(range(3), repeat=2)):
            angle = -2 * arb.pi() * (k * a + l * b) / 7
            for part, value in ((cosines, angle.cos()), (sines, angle.sin())):
                enclosure = arb(float(part.mid[row, column]), float(part.rad[row, column]))
                assert enclosure.overlaps(value) and enclosure.rad() < 1e-15
    assert (cosines.rad > 0).any()
    exact = module._powers_of_omega(half_of_the_frequencies(4), 2, 4)
    assert all((part.rad == 0).all() for part in exact)  # 1, i, -1, -i


@BOTH
@pytest.mark.parametrize("scale", [2.0**-1060, 2.0**-700, 2.0**600, 2.0**1010])
def test_very_small_and_very_large_kernels(measure, scale):
    assert known(measure(one_kernel([1, -1], [0, 0]) * scale, 3) / scale, ball(3).sqrt())


@BOTH
def test_zero_kernels_and_entries_of_very_different_size(measure):
    assert measure(np.zeros((2, 3, 3, 3)), 4) == 0
    assert measure(one_kernel([1e300, 0], [0, 5e-324]), 4).overlaps(ball(1e300))


@BOTH
def test_exchanged_channels_and_turned_kernels_are_the_transpose(measure):
    kernels = rng.standard_normal((4, 2, 3, 3))
    turned = kernels.transpose(1, 0, 2, 3)[:, :, ::-1, ::-1]
    assert abs(measure(kernels, 5) - measure(turned, 5)) < 1e-12


def test_lemma_14_bounds_the_block_norm():
    norm = claim("lemma-14", "norm")
    source = random.Random(4)
    for r in (2, 3, 4):
        for _ in range(4):
            kernels = random_kernels(source, 1, 1, 2, Fraction(1, 8))
            entries = [entry for row in kernels[0][0] for entry in row]
            given = {
                "||U||_inf": max(abs(entry) for entry in entries),
                "||U||_0": Fraction(sum(entry != 0 for entry in entries)),
            }
            enclosure = largest_block_norm(np.array(kernels, dtype=np.float64), r)
            assert at(norm, **given, **{"||C(U)||": enclosure.lower()}) is Verdict.HOLDS
    level = largest_block_norm(np.full((1, 1, 3, 3), 0.5), 5)  # attains it
    least = {"||U||_0": Fraction(9), "||C(U)||": level.lower()}
    assert at(norm, **{"||U||_inf": Fraction(1, 2) * (1 - Fraction(1, 10**12))}, **least) is Verdict.FAILS


@BOTH
@pytest.mark.parametrize(
    ("kernels", "r", "message"),
    [
        (np.ones((2, 3, 3)), 4, "kernels: shape=(2, 3, 3); expected d_out x d_in x q x q, all at least 1"),
        (np.ones((2, 3, 3, 2)), 4, "kernels: shape=(2, 3, 3, 2); expected d_out x d_in x q x q, all at least 1"),
        (np.ones((2, 0, 3, 3)), 4, "kernels: shape=(2, 0, 3, 3); expected d_out x d_in x q x q, all at least 1"),
        (
            np.ones((1, 1, 3, 3)),
            2,
            "map side r=2: expected at least the kernels' side q=3, and at most 1024, beyond which the norms take too "
            "long",
        ),
        (
            np.ones((1, 1, 3, 3)),
            5000,
            "map side r=5000: expected at least the kernels' side q=3, and at most 1024, beyond which the norms take "
            "too long",
        ),
        (
            np.full((1, 1, 1, 1), np.nan),
            2,
            "ball matrix: an entry is NaN or infinite; expected finite numbers, scale the matrix down",
        ),
        (
            np.ones((1, 1, 1, 1), dtype=np.int64),
            2,
            "matrix: dtype=int64; expected float16, float32 or float64, convert it first",
        ),
    ],
)
def test_what_is_no_convolution_is_refused(measure, kernels, r, message):
    with pytest.raises(InputError) as caught:
        measure(kernels, r)
    assert str(caught.value) == message
