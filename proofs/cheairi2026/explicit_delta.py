"""delta(xi, epsilon), which the theorems only say exists: from Lemma 17's chain before its last simplification.

A wide layer gives epsilon_1 = epsilon and epsilon_2 = 2 (1 + epsilon) delta, a block
epsilon_3 = epsilon + (1 + epsilon) f(2 delta) and epsilon_4 = 5 (1 + epsilon) f(2 delta), with f(x) = x e^x; put into
the two inequalities of Lemma 17 (corrected) and solved for delta. Quantization is the case epsilon = 0: it needs no
passage by Lemma 12.
"""

import sympy

from .lemma_17_induction_over_layers import BLOCK_STEP, WIDE_STEP, e_1, e_2, e_3, e_4
from .notation import delta, epsilon, growth, xi

DELTA_WIDE = xi * (xi - epsilon) / (2 * (1 + epsilon))
# Largest f(2 delta) that the block's inequality leaves room for; Lambert W inverts f.
BLOCK_ROOM = ((1 + xi) ** 2 / (1 + epsilon) - 1) / (1 + 5 / xi)
DELTA_BLOCK = sympy.LambertW(BLOCK_ROOM) / 2
EXPLICIT_DELTA = sympy.Min(DELTA_WIDE, DELTA_BLOCK)

# The constants that the proof of Theorem 2 sets, and the induction's inequalities at them.
PROOF_CONSTANTS = {
    e_1: epsilon,
    e_2: 2 * delta * (1 + epsilon),
    e_3: epsilon + (1 + epsilon) * growth(2 * delta),
    e_4: (1 + epsilon) * 5 * growth(2 * delta),
}
WIDE_CLOSES = WIDE_STEP.subs(PROOF_CONSTANTS)
BLOCK_CLOSES = BLOCK_STEP.subs(PROOF_CONSTANTS)
