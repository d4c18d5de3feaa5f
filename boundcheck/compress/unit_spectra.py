"""Products of merged maps by Parseval: a circular convolution multiplies each frequency of the maps by a matrix."""

from typing import TYPE_CHECKING

from boundcheck.draws import multiplier_law

from .block import Block
from .unit_changes import map_side, outcomes, outer_kernels, parts, pre_activations

if TYPE_CHECKING:
    import torch

    Tensor = torch.Tensor


def spectrum(maps: "Tensor") -> "Tensor":
    """The maps' coefficients, frequencies x channels x samples; of two conjugate columns of frequencies only one."""
    import torch

    channels, side, _, samples = maps.shape
    if side == 1:  # its own only coefficient, and real
        return maps.view(1, channels, samples)
    found: Tensor = torch.fft.rfft2(maps, dim=(1, 2))
    return found.flatten(1, 2).transpose(0, 1).contiguous()


def kernel_spectrum(outer: "Tensor", side: int) -> "Tensor":
    """What merging multiplies the maps' coefficients by: frequencies x n_out x units."""
    n_out, units, q, _ = outer.shape
    if side == 1:
        return outer.view(1, n_out, units)
    before = (q - 1) // 2
    placed = outer.new_zeros(n_out * units, side, side, 1)
    placed[:, :q, :q, 0] = outer.reshape(-1, q, q)
    centred = placed.roll((-before, -before), (1, 2))
    return spectrum(centred).reshape(-1, n_out, units).conj()


def frequency_weights(side: int, like: "Tensor") -> "Tensor":
    """For each frequency how often it counts, divided by the places: their weighted sum is the sum over the places."""
    import torch

    columns = side // 2 + 1
    weights = torch.full((side, columns), 2.0, dtype=torch.float64, device=like.device)
    weights[:, 0] = 1  # its conjugates are in the same column
    if side % 2 == 0:
        weights[:, -1] = 1
    return weights.flatten() / side**2


def energies(coefficients: "Tensor") -> "Tensor":
    """The squared absolute values summed over the samples, frequencies x units."""
    import torch

    squares = coefficients.real.square() + coefficients.imag.square() if coefficients.is_complex() else coefficients**2
    return squares.sum(dim=-1, dtype=torch.float64)


def merged_energies(kernels: "Tensor", weights: "Tensor", coefficients: "Tensor") -> "Tensor":
    """||V_u(d)||^2 for each unit's maps d, summed over the samples; ``kernels`` is a kernel_spectrum."""
    gains = energies(kernels.transpose(1, 2))
    return weights @ (gains * energies(coefficients))


def constant_unit_scores(block: Block, bernoulli: float) -> "Tensor":
    """Scores that no step changes, (1 or repeats) x units: Var(h) mean(||V_u(z_u)||^2), where has_constant_scores."""
    import torch

    law = outcomes(multiplier_law(block.units, bernoulli), block)
    variance = law.share * (1 - law.share) * (law.high - law.low) ** 2
    side = map_side(block)
    kernels, weights = kernel_spectrum(outer_kernels(block), side), frequency_weights(side, block.inputs)
    scores = torch.zeros(len(block.inputs), block.units, dtype=torch.float64, device=block.inputs.device)
    for repeat, found in enumerate(scores):
        for part in parts(block, repeat):
            found += merged_energies(kernels, weights, spectrum(pre_activations(part)))
    return scores * (variance / block.samples)
