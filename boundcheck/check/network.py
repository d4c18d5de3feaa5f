"""The network of a certificate, read or built again, and the same network with the constants that the file states."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from flint import arb

from boundcheck.certify.certificate import Certificate, NetworkRecord
from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import Number, ball, less, lower_end, parse_rational
from boundcheck.network.activation import Activation, parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.checkpoint_formats import is_torch_file
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.files import read_file
from boundcheck.network.from_channels import network_from_channels
from boundcheck.network.from_law import LAWS, network_from_law
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.network import Layer, Network

from .findings import Part
from .places import Places, check_torch_original, located, same_file, split_inputs

NUMBER = r"([^\s;,]+)"
NORMS = ("operator_norm", "largest_entry", "column_norm", "row_norm", "bias_norm", "output_at_zero")
STATED = re.compile(rf"c_1 = {NUMBER} and c_2 = {NUMBER} as stated")
TYPICAL = re.compile(rf"c_1 = {NUMBER} is a typical value")


def rebuilt_network(part: Part, certificate: Certificate, places: Places) -> Network | None:
    """The network with its constants enclosed anew; None if the file says nothing of which one could be built.

    Raises InputError where an input is missing.
    """
    record = certificate.network
    if not record.layers:
        part.expect(False, "network.layers", "no layers", None, "a network has at least one")
        return None
    if record.origin == "checkpoint":
        return _from_checkpoint(part, certificate, places)
    part.same("provenance.inputs_sha256", sorted(certificate.provenance.inputs_sha256), [])
    part.same("provenance.checkpoint_copy", certificate.provenance.checkpoint_copy, None)
    with part.refusing("network.description", record.description):
        return _from_statement(record)
    return None


def _from_checkpoint(part: Part, certificate: Certificate, places: Places) -> Network | None:
    paths, _ = split_inputs(certificate.provenance.inputs_sha256)
    if not part.expect(len(paths) == 1, "provenance.inputs_sha256", paths, "one checkpoint"):
        return None
    (recorded,) = paths
    part.same("network.description", certificate.network.description, f"checkpoint {Path(recorded).name}")
    path = _checkpoint(part, certificate, recorded, places)
    if path is None:
        return None
    layers = certificate.network.layers
    kernel, block = layers[0].kernel, layers[0].block
    with part.refusing("network.layers", f"as read from {path}"):
        hidden, output = (_activation(layers[place].activation) for place in (0, -1))
        if kernel is None:
            found = network_from_checkpoint(path, hidden if len(layers) > 1 else None, output)
        else:
            side = math.isqrt(max(block, 0))
            found = convolutional_network_from_checkpoint(path, side, hidden if len(layers) > 1 else None, output)
        if certificate.provenance.checkpoint_copy is not None:
            found = _named_as_recorded(found, certificate.network)
        return replace(found, origin=replace(found.origin, description=f"checkpoint {Path(recorded).name}"))
    return None


def _activation(name: str | None) -> Activation | None:
    return None if name is None else parse_activation(name)


def _checkpoint(part: Part, certificate: Certificate, recorded: str, places: Places) -> Path | None:
    """The checkpoint's path; of a torch file that of its safetensors copy, since it cannot be read without torch."""
    copy, digest = certificate.provenance.checkpoint_copy, certificate.provenance.inputs_sha256[recorded]
    field = f"provenance.inputs_sha256.{recorded}"
    if copy is None:
        path = located(recorded, places.checkpoint, places.folder, "--checkpoint")
        content = same_file(part, path, field, digest)
        is_readable = not is_torch_file(path, content)
        why = "a file in torch's format comes with a safetensors copy, which can be read without torch"
        return path if part.expect(is_readable, "provenance.checkpoint_copy", None, None, why) else None
    check_torch_original(part, recorded, digest, places.folder, "provenance.checkpoint_copy")
    path = located(copy.path or f"the safetensors copy of {recorded}", places.checkpoint, places.folder, "--checkpoint")
    if is_torch_file(path, read_file(path)):
        raise InputError(f"path={path}: is in torch's format; name its safetensors copy with --checkpoint")
    same_file(part, path, "provenance.checkpoint_copy.sha256", copy.sha256)
    return path


def _named_as_recorded(network: Network, record: NetworkRecord) -> Network:
    """A copy whose names would not give the order of its layers is named layers.1, layers.2, ..."""
    numbered = [f"layers.{number}" for number in range(1, network.depth + 1)]
    if [layer.name for layer in network.layers] != numbered or len(record.layers) != network.depth:
        return network
    named = (replace(layer, name=said.name) for layer, said in zip(network.layers, record.layers, strict=True))
    return replace(network, layers=tuple(named))


def _from_statement(record: NetworkRecord) -> Network:
    """From widths or channels, the constants or the law that the description states, and the activations."""
    hidden, output = (_activation(record.layers[place].activation) for place in (0, -1))
    inner, kernel, side = hidden if len(record.layers) > 1 else None, record.layers[0].kernel, record.layers[0].block
    if record.origin == "law":
        return _from_law(record, inner, output)
    found = STATED.search(record.description)
    if found is None:
        raise InputError("the description does not state c_1 and c_2; write the certificate again")
    c_1, c_2 = map(parse_rational, found.groups())
    if kernel is None:
        return network_from_widths(record.widths, c_1, c_2, inner, output)
    channels = [width // max(side, 1) for width in record.widths]
    return network_from_channels(channels, kernel, math.isqrt(max(side, 0)), c_1, c_2, inner, output)


def _from_law(record: NetworkRecord, hidden: Activation | None, output: Activation | None) -> Network:
    law = next((name for name, words in LAWS.items() if words in record.description), None)
    if law is None:
        raise InputError(f"the description names none of the laws {', '.join(LAWS)}; write the certificate again")
    typical = TYPICAL.search(record.description)
    if typical is not None:
        return network_from_law(record.widths, law, None, hidden, output, parse_rational(typical[1]))
    if record.probability is None:
        raise InputError("neither a probability nor a typical c_1 is stated; write the certificate again")
    return network_from_law(record.widths, law, 1 - parse_rational(record.probability), hidden, output)


def with_recorded_constants(network: Network, record: NetworkRecord) -> Network:
    """The same network with norms, c_1, c_2 and input radius as the file states them. InputError if one is no number.

    The radius is put a hair below, since a ball around a decimal would be rounded up to the next one.
    """
    layers = []
    for layer, said in zip(network.layers, record.layers, strict=True):
        block_norm = None if layer.block_norm is None else parse_rational(said.block_norm)
        norms: dict[str, Any] = {name: parse_rational(getattr(said, name)) for name in NORMS}
        layers.append(replace(layer, **norms, block_norm=block_norm))
    radius = ball(parse_rational(record.input_radius)) * (1 - ball(Fraction(1, 2**100)))
    c_1, c_2 = parse_rational(record.c_1), parse_rational(record.c_2)
    return replace(network, layers=tuple(layers), c_1=c_1, c_2=c_2, input_radius=radius)


def check_lower_ends(part: Part, network: Network, record: NetworkRecord) -> None:
    """No stated bound may be below what is proved of the value it bounds."""
    for place, (layer, said) in enumerate(zip(network.layers, record.layers, strict=True)):
        for name, enclosure in _norms(layer).items():
            _not_below(part, f"network.layers[{place}].{name}", getattr(said, name), enclosure)
    for name in ("c_1", "c_2", "input_radius"):
        _not_below(part, f"network.{name}", getattr(record, name), getattr(network, name))


def _norms(layer: Layer) -> Mapping[str, Number]:
    return {name: norm for name in (*NORMS, "block_norm") if (norm := getattr(layer, name)) is not None}


def _not_below(part: Part, path: str, said: str, enclosure: Number) -> None:
    low = lower_end(ball(enclosure)) if isinstance(enclosure, arb) else enclosure
    is_false = less(parse_rational(said), low) is Verdict.HOLDS
    part.expect(not is_false, path, said, enclosure, "the value is provably larger than this bound")
