"""Norms of a layer that follow from its operator norm and its largest entry (or block) where they are not measured."""

import sympy

from boundcheck.exact.ball import Number, ball
from boundcheck.exact.evaluate import evaluate
from boundcheck.network.activation import Activation
from boundcheck.network.network import Layer


def block_norm(layer: Layer) -> Number:
    """The largest norm of a block, which in a fully connected layer is one entry."""
    return layer.largest_entry if layer.block_norm is None else layer.block_norm


def column_norm(layer: Layer) -> Number:
    """Bounds the norm of every column, or block of columns that is drawn together."""
    return _line_norm(layer, layer.n_out) if layer.column_norm is None else layer.column_norm


def row_norm(layer: Layer) -> Number:
    """Bounds the norm of every row."""
    return _line_norm(layer, layer.n_in) if layer.row_norm is None else layer.row_norm


def _line_norm(layer: Layer, length: int) -> Number:
    """Of so many neurons: at most the operator norm, and the root of the sum of the squared norms of their blocks."""
    by_entries = ball(block_norm(layer)) * ball(length // layer.block).sqrt()
    return ball(layer.operator_norm).min(by_entries)


def bias_norm(layer: Layer) -> Number:
    """Zero without weights: networks that are only stated have no biases."""
    return 0 if layer.bias_norm is None else layer.bias_norm


def output_at_zero(layer: Layer) -> Number:
    """||phi(bias)||, bounded; what is not stated is taken to be zero at zero, as (7) has it."""
    if layer.output_at_zero is not None:
        return layer.output_at_zero
    return 0 if layer.activation is None else norm_of_constant(layer.activation, layer.n_out)


def norm_of_constant(activation: Activation, width: int) -> Number:
    """||phi(0, ..., 0)||: sqrt(width) |phi(0)|, and at most 1 for softmax."""
    if activation.value_at_zero.has(sympy.nan):
        return 1
    return 0 if activation.is_zero_at_zero else abs(evaluate(activation.value_at_zero, {})) * ball(width).sqrt()
