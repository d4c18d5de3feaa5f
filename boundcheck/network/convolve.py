"""Feature maps through a convolution with stride 1 and circular padding, as a rigorous enclosure."""

import numpy as np

from boundcheck.exact.ball_matrix import BallMatrix, Matrix, from_exact, multiply

_MOST_ENTRIES_AT_ONCE = 2**22


def convolve(z: BallMatrix, kernels: Matrix, map_side: int) -> BallMatrix:
    """Enclose the maps z_{o,u,v} = sum over i, a, b of K_{o,i,a,b} x_{i,u+a-s,v+b-s} of each row x of ``z``.

    Indices count from 0 and s = floor((q - 1)/2), as in torch's Conv2d with padding="same", padding_mode="circular".
    The paper (section B.2) has s = -1: a shift of the maps, which runs through all layers and changes no norm and no
    distance. Rows hold one map after the other, each row by row: d_in r^2 columns become d_out r^2.
    """
    q = kernels.shape[2]
    step = max(1, _MOST_ENTRIES_AT_ONCE // (z.mid.shape[1] * q**2))
    flat = from_exact(kernels.reshape(len(kernels), -1)).transposed
    parts = []
    for start in range(0, len(z.mid), step):
        patches = BallMatrix(*(_patches(x[start : start + step], q, map_side) for x in (z.mid, z.rad)))
        parts.append(multiply(patches, flat))
    mid, rad = np.vstack([part.mid for part in parts]), np.vstack([part.rad for part in parts])
    return BallMatrix(_maps(mid, map_side), _maps(rad, map_side))


def _patches(rows: Matrix, q: int, map_side: int) -> Matrix:
    """One row per sample and place with the d_in q^2 entries that the kernels meet there."""
    maps = rows.reshape(len(rows), -1, map_side, map_side)
    met = (np.arange(map_side)[:, None] + np.arange(q)[None, :] - (q - 1) // 2) % map_side  # by place and offset
    patches = maps[:, :, met[:, None, :, None], met[None, :, None, :]]  # sample, channel, u, v, a, b
    return patches.transpose(0, 2, 3, 1, 4, 5).reshape(len(rows) * map_side**2, -1)


def _maps(values: Matrix, map_side: int) -> Matrix:
    """From one row per sample and place, with a column per channel, to one row per sample."""
    places = map_side**2
    return values.reshape(-1, places, values.shape[1]).transpose(0, 2, 1).reshape(len(values) // places, -1)
