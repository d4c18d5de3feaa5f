"""A network from a checkpoint file: its layers in order, with rigorous enclosures of ||W_l|| and ||W_l||_inf."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import ball
from boundcheck.exact.operator_norm import largest_entry, operator_norm
from boundcheck.network.activation import Activation, parse_activation
from boundcheck.network.checkpoint_formats import Tensor, read_checkpoint
from boundcheck.network.checkpoint_layers import StoredLayer, layers_in_order
from boundcheck.network.checkpoint_masks import with_masks_applied
from boundcheck.network.files import read_file
from boundcheck.network.layer_sets import LayerSets, check_layer_sets
from boundcheck.network.line_norms import largest_row_norm, norm_of_bias, norm_of_output_at_zero
from boundcheck.network.network import Layer, Network, Origin, activations_of_layers, smallest_constants


@dataclass(frozen=True)
class StoredNetwork:
    """What a checkpoint and the caller say before anything is measured: one activation per layer, input first."""

    layers: list[StoredLayer]
    activations: tuple[Activation | None, ...]
    origin: Origin


def network_from_checkpoint(
    path: Path | str,
    activation: Activation | None = None,
    output_activation: Activation | None = None,
    sets: LayerSets | None = None,
) -> Network:
    """Load safetensors, npz (W1, W2, ..., optional b1, ...) or a torch state_dict; nothing is unpickled.

    The hidden layers' activation comes from the file's ``activation`` entry (safetensors metadata, npz string) or
    from ``activation``; where both are there they must agree. The output layer is linear unless the file or
    ``output_activation`` says otherwise. Weights and biases are kept as float64, exactly as stored. ``sets`` that will
    be asked about are checked before the norms are measured, which takes long for large layers. Raises InputError
    naming the tensor for everything that is not such a network.
    """
    stored = stored_network(Path(path), layers_in_order, activation, output_activation, sets)
    layers = tuple(_layer(entry, phi) for entry, phi in zip(stored.layers, stored.activations, strict=True))
    c_1, c_2 = smallest_constants(layers, ball(1))
    weights, biases = zip(*((entry.weight, entry.bias) for entry in stored.layers), strict=True)
    return Network(layers, ball(1), c_1, c_2, stored.origin, weights, biases)


def stored_network(
    path: Path,
    in_order: Callable[[Path, dict[str, Tensor]], list[StoredLayer]],
    activation: Activation | None,
    output_activation: Activation | None,
    sets: LayerSets | None,
) -> StoredNetwork:
    """The file's layers as ``in_order`` finds them; the rest and errors as network_from_checkpoint."""
    content = read_file(path)
    stored = read_checkpoint(path, content)
    hidden = _agreed_activation("activation", stored.metadata, activation)
    output = _agreed_activation("output_activation", stored.metadata, output_activation)
    ordered = in_order(path, with_masks_applied(stored.tensors))
    if sets is not None:
        check_layer_sets(sets, len(ordered))
    if hidden is None and len(ordered) > 1:
        raise InputError(
            f"path={path}: does not say which activation its hidden layers use; "
            "give it with --activation, for example --activation relu"
        )
    phis = activations_of_layers(len(ordered), hidden, output or parse_activation("identity"))
    dtype = ", ".join(sorted({entry.dtype for entry in ordered}))
    origin = Origin(
        "checkpoint",
        f"checkpoint {path.name}",
        str(path),
        hashlib.sha256(content).hexdigest(),
        dtype,
        Fraction(1),
        illustrative=False,
        is_torch=stored.is_torch,
    )
    return StoredNetwork(ordered, phis, origin)


def _layer(entry: StoredLayer, activation: Activation | None) -> Layer:
    n_out, n_in = entry.weight.shape
    return Layer(
        entry.name,
        n_in,
        n_out,
        operator_norm(entry.weight),
        largest_entry(entry.weight),
        activation,
        entry.bias is not None,
        column_norm=largest_row_norm(entry.weight.T),
        row_norm=largest_row_norm(entry.weight),
        bias_norm=norm_of_bias(entry.bias),
        output_at_zero=norm_of_output_at_zero(activation, entry.bias, n_out),
    )


def _agreed_activation(word: str, metadata: dict[str, str], given: Activation | None) -> Activation | None:
    """The activation under ``word``: the file's, the given one, or the one both name; None if neither does."""
    if word not in metadata:
        return given
    in_file = parse_activation(metadata[word])
    if given is not None and given != in_file:
        option = "--" + word.replace("_", "-")
        raise InputError(
            f"{word}={given.name}, but the checkpoint says {in_file.name}; "
            f"leave out {option}, or correct the checkpoint"
        )
    return in_file
