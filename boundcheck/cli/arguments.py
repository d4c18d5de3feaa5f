"""Turns the text of options into exact values, a network and a proposal; every refusal names the option."""

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TypeVar

from boundcheck.certify.proposal import DEFAULT_RELATIVE_ERROR, MODES, Granularity, Proposal, Target
from boundcheck.compress.choice import Request
from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Effort, Mode
from boundcheck.network.activation import Activation, parse_activation
from boundcheck.network.checkpoint import StoredNetwork, network_from_checkpoint, stored_network
from boundcheck.network.checkpoint_formats import Tensor
from boundcheck.network.checkpoint_layers import StoredLayer, layers_in_order
from boundcheck.network.convolution import convolutional_network_from_checkpoint
from boundcheck.network.convolution_layers import kernels_in_order
from boundcheck.network.from_channels import network_from_channels
from boundcheck.network.from_law import network_from_law
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

from .convolutions import Convolutions
from .given import Given, fraction, integer, integers

Word = TypeVar("Word", bound=StrEnum)


def layer_sets(wide: Sequence[str], bottleneck: Sequence[str]) -> LayerSets | None:
    """The sets W and B; None, which is auto, if neither option was given. An empty text names an empty set."""
    if not wide and not bottleneck:
        return None
    named = {"wide": wide, "bottleneck": bottleneck}
    found = {
        word: integers(word, [text for text in texts if text.strip()], "2 or 1,3") for word, texts in named.items()
    }
    for word, layers in found.items():
        for layer in layers:
            if layers.count(layer) > 1:
                raise InputError(f"layer {layer}: {word}={layer} is given {layers.count(layer)} times; name it once")
    return LayerSets(frozenset(found["wide"]), frozenset(found["bottleneck"]))


def target(max_relative_error: str | None, max_error: str | None, xi: str | None) -> Target:
    """The acceptable error; without any of the three options the default relative one."""
    given = Given({"max-relative-error": max_relative_error, "max-error": max_error, "xi": xi})
    given.refuse_two("each says which error is acceptable")
    if not given.names:
        return Target(relative=DEFAULT_RELATIVE_ERROR)
    return Target(
        relative=fraction("max-relative-error", max_relative_error),
        absolute=fraction("max-error", max_error),
        xi=fraction("xi", xi),
    )


def proposal(
    *,
    keep: str | None,
    sparsity: str | None,
    levels: str | None,
    unquantized: str | None,
    sets: LayerSets | None,
    bernoulli: str | None,
    alpha: str | None,
    acceptable: Target,
    mode: str,
    draw: str,
    effort: str,
) -> Proposal:
    """What is proposed; exactly one of keep, sparsity and levels must be given."""
    given = Given({"keep": keep, "sparsity": sparsity, "levels": levels})
    given.refuse_two("each says how much to compress")
    if not given.names:
        raise InputError("keep, sparsity, levels: none is given; say how much to compress, for example --keep 0.3")
    return Proposal(
        keep=_kept_fraction(keep, sparsity),
        levels=None if levels is None else integer("levels", levels, "15"),
        unquantized=fraction("unquantized", unquantized),
        sets=sets,
        bernoulli=fraction("bernoulli", bernoulli),
        alpha=fraction("alpha", alpha),
        target=acceptable,
        granularity=granularity(mode),
        draw=one_of("draw", draw, DrawKind),
        effort=one_of("effort", effort, Effort),
    )


def granularity(mode: str) -> Granularity:
    """What --mode says is pruned as a whole."""
    return one_of("mode", mode, Granularity)


def one_of(name: str, text: str, words: type[Word]) -> Word:
    """The word that an option was given as."""
    if text not in list(words):
        raise InputError(f"{name}={text[:40] or 'nothing'}: not known; choose one of {', '.join(words)}")
    return words(text)


def compression(
    *,
    keep: str | None,
    sparsity: str | None,
    levels: str | None,
    unquantized: str | None,
    alpha: str | None,
    bernoulli: str | None,
    mode: str,
    draw: str,
) -> Request:
    """What a compression is asked for: keep, sparsity or levels, or alpha and bernoulli alone."""
    Given({"keep": keep, "sparsity": sparsity, "levels": levels}).refuse_two("each says how much to compress")
    pruned = granularity(mode)
    if levels is not None and pruned is not Granularity.UNSTRUCTURED:
        raise InputError(
            f"levels={levels}: quantization replaces single weights, and mode={pruned} prunes whole neurons or "
            "filters; give --keep instead, or drop --mode"
        )
    return Request(
        mode=MODES[pruned] if levels is None else Mode.QUANTIZE,
        keep=_kept_fraction(keep, sparsity),
        levels=None if levels is None else integer("levels", levels, "15"),
        unquantized=fraction("unquantized", unquantized),
        alpha=fraction("alpha", alpha),
        bernoulli=fraction("bernoulli", bernoulli),
        draw=one_of("draw", draw, DrawKind),
    )


def compressed_sets(wide: Sequence[str], bottleneck: Sequence[str]) -> LayerSets:
    """The sets W and B, of which one must be named: there is no auto here."""
    sets = layer_sets(wide, bottleneck)
    if sets is None:
        raise InputError(
            "wide, bottleneck: neither is given, and which layers to compress is not chosen here; name them, for "
            "example --wide 2, or see which ones `boundcheck verify` finds"
        )
    return sets


def gigabytes(name: str, text: str | None) -> int | None:
    """A number of bytes, from an option in GB."""
    given = fraction(name, text)
    if given is not None and given <= 0:
        raise InputError(f"{name}={text}: expected a positive number of GB; give for example 1.5")
    return None if given is None else int(given * 10**9)


def stored(
    checkpoint: Path,
    activation: str | None,
    output_activation: str | None,
    sets: LayerSets,
    mode: Granularity,
    convolutions: Convolutions,
) -> StoredNetwork:
    """A checkpoint's layers, before anything slow is done with them."""
    hidden, output = activations(activation, output_activation)
    in_order: Callable[[Path, dict[str, Tensor]], list[StoredLayer]] = layers_in_order
    if mode is Granularity.CONV:
        convolutions.refuse_other_convolutions()
        in_order = partial(kernels_in_order, map_side=convolutions.of_checkpoint(checkpoint))
    else:
        convolutions.refuse_outside_conv(mode)
    try:
        return stored_network(checkpoint, in_order, hidden, output, sets)
    except InputError as error:  # there is no auto here
        raise InputError(re.sub(", or leave both (sets )?out for auto$", "", str(error))) from None


def measured(
    checkpoint: Path,
    activation: str | None,
    output_activation: str | None,
    sets: LayerSets,
    mode: Granularity,
    convolutions: Convolutions,
) -> Network:
    """The network of a checkpoint, its norms enclosed, which takes long for large layers."""
    hidden, output = activations(activation, output_activation)
    if mode is Granularity.CONV:
        map_side = convolutions.of_checkpoint(checkpoint)
        return convolutional_network_from_checkpoint(checkpoint, map_side, hidden, output, sets)
    return network_from_checkpoint(checkpoint, hidden, output, sets)


def _kept_fraction(keep: str | None, sparsity: str | None) -> Fraction | None:
    pruned = fraction("sparsity", sparsity)
    if pruned is None:
        return fraction("keep", keep)
    if not 0 <= pruned < 1:
        raise InputError(f"sparsity={sparsity}: expected a fraction in [0, 1); 0.7 prunes 70% of the weights")
    return 1 - pruned


def network(
    *,
    checkpoint: Path | None,
    widths: Sequence[str],
    c1: str | None,
    c2: str | None,
    law: str | None,
    failure_probability: str | None,
    activation: str | None,
    output_activation: str | None,
    sets: LayerSets | None,
    mode: Granularity,
    convolutions: Convolutions,
) -> Network:
    """The network: from a checkpoint, or from widths (channels in mode conv) with stated constants or a law."""
    stated = Given({"c1": c1, "c2": c2, "law": law, "failure-probability": failure_probability})
    hidden, output = activations(activation, output_activation)
    if mode is Granularity.CONV:
        convolutions.refuse_other_convolutions()
        _refuse_fully_connected(widths, law, failure_probability)
    else:
        convolutions.refuse_outside_conv(mode)
    if checkpoint is None and not widths and mode is not Granularity.CONV:
        raise InputError(
            "network: none is given; name a checkpoint, or give --widths, for example --widths 64,1000,40,10"
        )
    if checkpoint is not None:
        if widths:
            raise InputError(
                f"checkpoint={checkpoint} and widths={','.join(widths)}: both describe the network; give one of the two"
            )
        if stated.names:
            option = "channels" if mode is Granularity.CONV else "widths"
            raise InputError(
                f"{stated.written()}: stated constants belong to --{option}, those of checkpoint={checkpoint} are "
                "measured; leave them out"
            )
        if mode is Granularity.CONV:
            map_side = convolutions.of_checkpoint(checkpoint)
            return convolutional_network_from_checkpoint(checkpoint, map_side, hidden, output, sets)
        return network_from_checkpoint(checkpoint, hidden, output, sets)
    if mode is Granularity.CONV:
        channels, kernel, map_side = convolutions.of_stated_network()
        c_1, c_2 = _stated_constants(f"channels={','.join(map(str, channels))}", c1, c2, "")
        return network_from_channels(channels, kernel, map_side, c_1, c_2, hidden, output)
    sizes = integers("widths", widths, "64,1000,40,10")
    if law is not None:
        if c2 is not None:
            raise InputError(f"c2={c2}: follows from law={law}; drop one of the two")
        failure = fraction("failure-probability", failure_probability)
        return network_from_law(sizes, law, failure, hidden, output, fraction("c1", c1))
    if failure_probability is not None:
        raise InputError(f"{stated.written()}: a failure probability belongs to --law; add --law, or drop it")
    described = f"widths={','.join(map(str, sizes))}"
    return network_from_widths(
        sizes, *_stated_constants(described, c1, c2, ", or --law with --failure-probability"), hidden, output
    )


def _stated_constants(described: str, c1: str | None, c2: str | None, otherwise: str) -> tuple[Fraction, Fraction]:
    c_1, c_2 = fraction("c1", c1), fraction("c2", c2)
    if c_1 is None or c_2 is None:
        word = described.partition("=")[0]
        raise InputError(
            f"{described}: give both --c1 and --c2{otherwise}; {word} alone do not say how large the weights are"
        )
    return c_1, c_2


def _refuse_fully_connected(widths: Sequence[str], law: str | None, failure_probability: str | None) -> None:
    described = Given({"widths": ",".join(widths) or None, "law": law, "failure-probability": failure_probability})
    if described.names:
        raise InputError(
            f"{described.written()}: describes fully connected layers, and mode=conv is about convolutions; give "
            "--channels, --kernel, --map, --c1 and --c2, or a checkpoint"
        )


def activations(hidden: str | None, output: str | None) -> tuple[Activation | None, Activation | None]:
    """The hidden layers' and the output layer's, as --activation and --output-activation name them."""
    return _activation("activation", hidden), _activation("output-activation", output)


def _activation(name: str, text: str | None) -> Activation | None:
    if text is None:
        return None
    try:
        return parse_activation(text)
    except InputError as error:
        raise InputError(str(error).replace("activation=", f"{name}=", 1)) from None
