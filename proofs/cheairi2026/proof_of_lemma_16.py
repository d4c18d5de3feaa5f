"""Lemma 16's proof: part 1 on one layer, part 2 on two."""

from .one_block_of_a_layer import ONE, SETTING
from .one_block_of_two_layers import DERIVATIVE, PRESENT, SUMMED

LEMMA_16 = (*SETTING, *ONE, *DERIVATIVE, *PRESENT, *SUMMED)
PROOFS = {("lemma-16", variant): LEMMA_16 for variant in ("printed", "corrected")}
