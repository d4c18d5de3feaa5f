"""Greedy where no score ever changes: the units of least score, all picked at once, ties broken by index."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boundcheck.draws import Law, LawByRows, parts

from .block import Block

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def constant_entry_scores(block: Block, law: Law | LawByRows) -> "Tensor":
    """Var(t_ij) E[x'_j^2] times the squared norm of outer's column i, if there is one: (1 or repeats) x entries.

    That is Algorithm 1's score at every step where all is linear: Psi is the dense network's distance plus the variance
    of the draws, and E t = W.
    """
    import torch

    found = np.empty(law.shape, dtype=str(block.weight.dtype).removeprefix("torch."))

    def find(rows: slice) -> None:
        found[rows] = law[rows].variance

    with ThreadPoolExecutor(torch.get_num_threads()) as pool:  # numpy lets other threads work
        list(pool.map(find, parts(law.shape)))
    variance = torch.from_numpy(found).to(block.weight.device)
    if block.outer is not None:
        variance *= torch.linalg.vecdot(block.outer, block.outer, dim=0)[:, None]
    second_moment = torch.linalg.vecdot(block.inputs, block.inputs) / block.samples
    scores: Tensor = variance * second_moment[:, None]
    return scores.flatten(start_dim=1)


def least(scores: "Tensor", count: int) -> NDArray[np.int64]:
    """The indices, in ascending order, of a vector's ``count`` least entries; of equal ones those that come first."""
    values = scores.cpu().numpy()
    if count == 0:
        return np.empty(0, dtype=np.int64)
    bound = np.partition(values, count - 1)[count - 1]
    chosen = values < bound
    ties = np.flatnonzero(values == bound)
    chosen[ties[: count - int(chosen.sum())]] = True
    return np.flatnonzero(chosen)
