"""Theorem 7 from Proposition 26 with k = r^2: a block is the matrix of one kernel, whose norm Lemma 14 bounds (139)."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import sympy

from boundcheck.core.application import applied
from boundcheck.core.step import Step

from . import hadamard_counterexample
from .lemma_14_norm_of_a_convolution import STATEMENT as LEMMA_14
from .lemma_14_norm_of_a_convolution import largest, nonzeros, norm
from .lemma_17_induction_over_layers import largest_norm, sigma
from .notation import alpha, c_1, c_2, delta, k, largest_entry, layer, n_l, n_l1, n_l2, operator_norm, p
from .proof_of_theorem_6 import bounds, concluded, conditions, draws, entry_next
from .proposition_26_structured_network import block_norm, block_norm_next
from .theorem_6_structured_pruning import ratios
from .theorem_7_convolutional_pruning import (
    CHANNELS,
    DRAWS_PRINTED,
    EQUATIONS,
    LARGEST_SQUARED,
    NETWORK_ASSUMPTIONS,
    d_l,
    d_l1,
    d_l2,
    q,
    r,
)

kernel_norm, kernel_norm_next = sympy.symbols("||C(K_l)|| ||C(K_{l+1})||", real=True)
entries, entries_next = sympy.symbols("||K_l||_0 ||K_{l+1}||_0", integer=True)
cells = sympy.Symbol("r^2", integer=True)
KERNELS = (kernel_norm, kernel_norm_next)
ENTRY = next(a.relation for a in NETWORK_ASSUMPTIONS if a.id == "largest-entry")
NEXT = sympy.Le(entry_next, c_2 / (q * sympy.sqrt(sympy.Max(d_l1, d_l2))))
SIGNS = tuple(sympy.Ge(value, 0) for value in (*KERNELS, entries, entries_next, entry_next))
COUNTED = (sympy.Le(entries, q**2), sympy.Le(entries_next, q**2))
BY_LEMMA_14 = (sympy.Le(kernel_norm, largest_entry * entries), sympy.Le(kernel_norm_next, entry_next * entries_next))
SQUARED = (
    sympy.Le(kernel_norm**2 * sympy.Max(d_l, d_l1), LARGEST_SQUARED),
    sympy.Le(kernel_norm_next**2 * sympy.Max(d_l1, d_l2), LARGEST_SQUARED),
)
WHERE = {
    sigma: c_1, largest_norm: operator_norm, block_norm: kernel_norm, block_norm_next: kernel_norm_next, k: cells,
    n_l: d_l * cells, n_l1: d_l1 * cells, n_l2: d_l2 * cells,
}  # fmt: skip


def _bounded(name: str, number: int, entry: sympy.Rel) -> Step:
    return Step(
        f"kernel-norm{name}",
        "so its norm is at most q^2 times the largest entry, c_2 q over the root of the larger number of channels",
        "smt",
        SQUARED[number],
        given=(BY_LEMMA_14[number], COUNTED[number], entry, *SIGNS),
        cites=(f"kernel{name}", "kernels", "largest-entry"),
        equation="(139)",
    )


KERNEL_NORMS = (
    Step("cells", "a feature map has r^2 cells, k = r^2", "definition", sympy.Eq(cells, r**2)),
    Step("a-cell", "at least one", "smt", sympy.Ge(cells, 1), given=(sympy.Eq(cells, r**2),), cites=("cells",)),
    Step(
        "kernels",
        "the r^2 x r^2 blocks are the matrices of q x q kernels; (33) holds of the layer behind as well",
        "let",
        sympy.And(NEXT, *SIGNS, *COUNTED),
        cites=("lemma-13", "largest-entry"),
    ),
    applied(
        "kernel",
        "Lemma 14 for a kernel of layer l",
        LEMMA_14,
        "printed",
        "norm",
        {norm: kernel_norm, largest: largest_entry, nonzeros: entries},
        given=SIGNS,
    ),
    applied(
        "kernel-behind",
        "and for one of layer l + 1",
        LEMMA_14,
        "printed",
        "norm",
        {norm: kernel_norm_next, largest: entry_next, nonzeros: entries_next},
        given=SIGNS,
    ),
    _bounded("", 0, ENTRY),
    _bounded("-behind", 1, NEXT),
    Step(
        "norms-squared",
        "each number of channels is at most the larger one",
        "smt",
        sympy.And(*bounds(CHANNELS, KERNELS, LARGEST_SQUARED)),
        given=SQUARED,
        cites=("kernel-norm", "kernel-norm-behind"),
    ),
)


def _unit_networks() -> Iterator[dict[sympy.Basic, Fraction]]:
    """Bottlenecks with all constants one, of which the second layer has one output."""
    constants = dict.fromkeys((c_1, c_2, q, d_l2, layer), Fraction(1))
    for width in (10, 100, 1000):
        for room in (Fraction(1, 10), Fraction(1)):
            draw = {p: Fraction(1, 10), alpha: Fraction(99, 100), delta: room}
            yield constants | draw | {d_l1: Fraction(width)}


# The search of the other rule finds no witness among so many symbols.
AT_UNIT_NETWORKS = {"instances": _unit_networks, "size": "six bottlenecks with all constants one"}


def _refutable(step: Step, printed: bool) -> Step:
    if printed and step.id == "lambda-133":
        return replace(step, rule="enumeration", data=AT_UNIT_NETWORKS)
    return step


def steps(form: str) -> tuple[Step, ...]:
    printed = form == "printed"
    return (
        *KERNEL_NORMS,
        *(_refutable(step, printed) for step in conditions(CHANNELS, KERNELS, LARGEST_SQUARED, EQUATIONS, printed)),
        *draws(printed, CHANNELS, DRAWS_PRINTED.relation),
        *concluded(form, WHERE, (*SIGNS, sympy.Ge(cells, 1))),
    )


# 1 x 1 kernels on 1 x 1 maps are a dense layer.
ONE_BY_ONE = {d_l: hadamard_counterexample.n, d_l1: hadamard_counterexample.n, q: 1}
PROOFS = {
    ("theorem-7", "printed"): (
        *steps("printed"),
        *hadamard_counterexample.steps(ratios(CHANNELS, LARGEST_SQUARED, EQUATIONS, True)[0].relation, ONE_BY_ONE),
    ),
    ("theorem-7", "corrected"): steps("corrected"),
}
