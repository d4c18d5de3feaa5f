"""The laws that the weight matrices of random networks, and their inputs, are sampled from, in plain numpy.

Every matrix has a stream of its own: numpy's PCG64 from SeedSequence(seed, spawn_key=(..., stream)). The keys of
boundcheck.draws end in 0 or 1 and these in 2 or 3, so that no weight ever shares its numbers with a draw. The same
seed gives the same matrices; orthogonal, spiked and rank-deficient ones pass through BLAS, which may round differently
on another machine.
"""

import zlib
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from boundcheck.core.errors import InputError
from boundcheck.exact.ball_matrix import Matrix
from boundcheck.network.network import check_widths

WEIGHTS_STREAM = 2  # the last part of a key; 0 and 1 are boundcheck.draws.Stream
INPUTS_STREAM = 3
SPIKE = 3.0  # times the typical operator norm of the rest
EVERY_ON_SPHERE = 4  # inputs 0, 4, 8, ... lie on the sphere


class NetworkLaw(StrEnum):
    """The name of a law, as a plan has it."""

    GLOROT = "glorot"
    KAIMING = "kaiming"
    HEAVY_TAILED = "heavy-tailed"
    SPIKED = "spiked"
    ORTHOGONAL = "orthogonal"
    RANK_DEFICIENT = "rank-deficient"


def sample_weights(law: NetworkLaw, widths: tuple[int, ...], seed: int, instance: int) -> tuple[Matrix, ...]:
    """The matrices W_1, ..., W_d of one network, W_l of shape (n_l, n_(l-1)) for widths n_0, ..., n_d.

    Matrix l depends on the law, its own two widths, the seed, the instance and l alone.

    Raises:
        InputError: widths that are none, or a negative seed or instance.
    """
    sizes = check_widths(widths)
    kind = zlib.crc32(law.value.encode())  # so that two laws share no numbers, in whatever order they are listed
    return tuple(
        _SAMPLERS[law](_generator(seed, instance, layer, kind, WEIGHTS_STREAM), sizes[layer], sizes[layer - 1])
        for layer in range(1, len(sizes))
    )


def sample_inputs(count: int, width: int, seed: int, instance: int) -> Matrix:
    """Points of the closed unit ball as rows, shape (count, width): every fourth on the sphere, the others uniform.

    Their exact norms never exceed 1: they are drawn in by more than their coordinates are rounded.
    """
    if count < 1 or width < 1:
        raise InputError(
            f"count={count}, width={width}: expected at least one point and one coordinate; give both >= 1"
        )
    generator = _generator(seed, instance, INPUTS_STREAM)
    points = generator.standard_normal((count, width))
    radii = generator.random((count, 1)) ** (1 / width)
    radii[::EVERY_ON_SPHERE] = 1
    rounding = (width + 8) * 2.0**-53  # more than the sum of squares, the root, the quotient and the products lose
    inputs: Matrix = points * ((1 - rounding) * radii / np.sqrt((points**2).sum(axis=1, keepdims=True)))
    return inputs


def _glorot(generator: np.random.Generator, n_out: int, n_in: int) -> Matrix:
    """Entries uniform in +-sqrt(6 / (n_in + n_out)), variance 2 / (n_in + n_out) (Glorot and Bengio 2010)."""
    bound = np.sqrt(3 * _glorot_variance(n_out, n_in))
    return generator.uniform(-bound, bound, (n_out, n_in))


def _kaiming(generator: np.random.Generator, n_out: int, n_in: int) -> Matrix:
    """Entries normal with variance 2 / n_in (He et al. 2015)."""
    return generator.normal(0, np.sqrt(2 / n_in), (n_out, n_in))


def _heavy_tailed(generator: np.random.Generator, n_out: int, n_in: int) -> Matrix:
    """Entries by Student's t law with 3 degrees of freedom (variance 3), scaled to Glorot's variance."""
    weights: Matrix = generator.standard_t(3, (n_out, n_in)) * np.sqrt(_glorot_variance(n_out, n_in) / 3)
    return weights


def _spiked(generator: np.random.Generator, n_out: int, n_in: int) -> Matrix:
    """Glorot plus s u v^T, u and v uniform on the spheres, s = 3 typical operator norms of the Glorot part.

    Typical is sqrt(variance) (sqrt(n_out) + sqrt(n_in)), the limit for large matrices (Bai and Yin 1993).
    """
    noise = _glorot(generator, n_out, n_in)
    left, right = generator.standard_normal(n_out), generator.standard_normal(n_in)
    typical = np.sqrt(_glorot_variance(n_out, n_in)) * (np.sqrt(n_out) + np.sqrt(n_in))
    spike = np.outer(left / np.linalg.norm(left), right / np.linalg.norm(right))
    weights: Matrix = noise + SPIKE * typical * spike
    return weights


def _orthogonal(generator: np.random.Generator, n_out: int, n_in: int) -> Matrix:
    """Orthonormal columns (rows where n_out < n_in) by Haar's law: QR, R's diagonal made positive (Mezzadri 2007)."""
    tall = generator.standard_normal((max(n_out, n_in), min(n_out, n_in)))
    q, r = np.linalg.qr(tall)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return q if n_out >= n_in else np.ascontiguousarray(q.T)


def _rank_deficient(generator: np.random.Generator, n_out: int, n_in: int) -> Matrix:
    """A B / sqrt(r) with A (n_out, r) and B (r, n_in) standard normal, scaled to Glorot's variance.

    The rank is r = min(n_out, n_in) / 2, rounded down but at least 1.
    """
    rank = max(1, min(n_out, n_in) // 2)
    left, right = generator.standard_normal((n_out, rank)), generator.standard_normal((rank, n_in))
    weights: Matrix = left @ right * np.sqrt(_glorot_variance(n_out, n_in) / rank)
    return weights


def _glorot_variance(n_out: int, n_in: int) -> float:
    return 2 / (n_in + n_out)


def _generator(seed: int, *key: int) -> np.random.Generator:
    if seed < 0 or min(key) < 0:
        raise InputError(f"seed={seed}, instance={key[0]}: expected integers >= 0; give such")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


_SAMPLERS: dict[NetworkLaw, Callable[[np.random.Generator, int, int], Matrix]] = {
    NetworkLaw.GLOROT: _glorot,
    NetworkLaw.KAIMING: _kaiming,
    NetworkLaw.HEAVY_TAILED: _heavy_tailed,
    NetworkLaw.SPIKED: _spiked,
    NetworkLaw.ORTHOGONAL: _orthogonal,
    NetworkLaw.RANK_DEFICIENT: _rank_deficient,
}
