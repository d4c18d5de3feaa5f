"""Turns the text of options into exact values, a network and a proposal; every refusal names the option."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from boundcheck.certify.proposal import DEFAULT_RELATIVE_ERROR, Proposal, Target
from boundcheck.core.errors import InputError
from boundcheck.exact.ball import parse_rational
from boundcheck.network.activation import Activation, parse_activation
from boundcheck.network.checkpoint import network_from_checkpoint
from boundcheck.network.from_law import network_from_law
from boundcheck.network.from_widths import network_from_widths
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

MOST_DIGITS = 1000


def fraction(name: str, text: str | None) -> Fraction | None:
    """The exact number that an option was given as; None if it was not given."""
    if text is None:
        return None
    try:
        return parse_rational(text)
    except InputError:
        raise InputError(
            f"{name}={text[:40] or 'nothing'}: expected a finite number; write a decimal or a quotient, as 0.3 or 3/10"
        ) from None


def integer(name: str, text: str, example: str) -> int:
    """The integer that an option was given as."""
    digits = text.strip()
    if not digits.removeprefix("-").isdecimal() or len(digits) > MOST_DIGITS:
        raise InputError(f"{name}={text[:40] or 'nothing'}: expected an integer; write for example {example}")
    return int(digits)


def integers(name: str, texts: Sequence[str], example: str) -> list[int]:
    """Comma lists of integers, repeated options one after the other."""
    return [integer(name, part, example) for text in texts for part in text.split(",")]


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
    )


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
) -> Network:
    """The network: from a checkpoint, or from widths with stated constants or a law."""
    stated = Given({"c1": c1, "c2": c2, "law": law, "failure-probability": failure_probability})
    hidden, output = _activation("activation", activation), _activation("output-activation", output_activation)
    if checkpoint is None and not widths:
        raise InputError(
            "network: none is given; name a checkpoint, or give --widths, for example --widths 64,1000,40,10"
        )
    if checkpoint is not None:
        if widths:
            raise InputError(
                f"checkpoint={checkpoint} and widths={','.join(widths)}: both describe the network; give one of the two"
            )
        if stated.names:
            raise InputError(
                f"{stated.written()}: stated constants belong to --widths, those of checkpoint={checkpoint} are "
                "measured; leave them out"
            )
        return network_from_checkpoint(checkpoint, hidden, output, sets)
    sizes = integers("widths", widths, "64,1000,40,10")
    constants = fraction("c1", c1), fraction("c2", c2)
    if law is None:
        return _from_stated_constants(sizes, constants, stated, hidden, output)
    if c2 is not None:
        raise InputError(f"c2={c2}: follows from law={law}; drop one of the two")
    return network_from_law(
        sizes, law, fraction("failure-probability", failure_probability), hidden, output, constants[0]
    )


def _from_stated_constants(
    sizes: list[int],
    constants: tuple[Fraction | None, Fraction | None],
    stated: "Given",
    hidden: Activation | None,
    output: Activation | None,
) -> Network:
    c_1, c_2 = constants
    if "failure-probability" in stated.names:
        raise InputError(f"{stated.written()}: a failure probability belongs to --law; add --law, or drop it")
    if c_1 is None or c_2 is None:
        raise InputError(
            f"widths={','.join(map(str, sizes))}: give both --c1 and --c2, or --law with --failure-probability; widths "
            "alone do not say how large the weights are"
        )
    return network_from_widths(sizes, c_1, c_2, hidden, output)


def _activation(name: str, text: str | None) -> Activation | None:
    if text is None:
        return None
    try:
        return parse_activation(text)
    except InputError as error:
        raise InputError(str(error).replace("activation=", f"{name}=", 1)) from None


class Given:
    """Which of some options were given, for refusing two that exclude each other."""

    def __init__(self, texts: dict[str, str | None]) -> None:
        self.texts = {name: text for name, text in texts.items() if text is not None}
        self.names = list(self.texts)

    def written(self) -> str:
        """The options as messages write them."""
        return " and ".join(f"{name}={text}" for name, text in self.texts.items())

    def refuse_two(self, why: str) -> None:
        """Raise InputError if more than one was given."""
        if len(self.names) > 1:
            raise InputError(f"{self.written()}: {why}; give one of them")
