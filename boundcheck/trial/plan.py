"""The plan of a simulation: which networks, which draws, which statements, how many repeats, at which confidence.

Read from TOML. Lists are grids: every combination is run. Numbers that bound or decide something are exact: write 0.9
or "9/10".
"""

import json
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from boundcheck.core.errors import InputError
from boundcheck.core.rung import Mode
from boundcheck.exact.ball import parse_rational, rational_text
from boundcheck.network.activation import parse_activation
from boundcheck.network.files import read_file
from boundcheck.network.layer_sets import LayerSets, check_layer_sets

from .block_instance import Draw
from .network_laws import NetworkLaw


def _exact(value: Any) -> str:
    """Decimals as they are written: the parser hands floats on as text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("expected a decimal or a quotient such as 0.9 or '9/10'")
    try:
        return rational_text(parse_rational(str(value)))
    except InputError as error:
        raise ValueError(str(error)) from None


def _activation(value: Any) -> str:
    try:
        return parse_activation(str(value)).name
    except InputError as error:
        raise ValueError(str(error)) from None


def _several(value: Any) -> Any:
    """A single value is a grid of one."""
    if value == []:
        raise ValueError("expected at least one value")
    return value if isinstance(value, list) else [value]


Exact = Annotated[str, BeforeValidator(_exact)]
Activation = Annotated[str, BeforeValidator(_activation)]
Positive = Annotated[int, Field(ge=1)]


class Part(BaseModel):
    """Base of all parts: unknown fields are refused, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LayerSetPlan(Part):
    """Layers compressed together in a whole network."""

    wide: tuple[Positive, ...] = ()
    bottleneck: tuple[Positive, ...] = ()


class NetworkPlan(Part):
    """Networks: sampled from a law, or trained on a data set; the blocks at ``layers``, and whole networks.

    samples: how many inputs; a trained network's are the first of its data set. shift: E||x - x'||^2 is about its
    square: what has been lost in front of the block. whole: sets of layers that are compressed in the whole network.
    """

    law: Annotated[tuple[NetworkLaw, ...], BeforeValidator(_several)] = ()
    trained: Literal["digits", "california"] | None = None
    widths: tuple[Positive, ...]
    activation: Annotated[tuple[Activation, ...], BeforeValidator(_several)] = ("tanh",)
    instances: Positive = 1
    samples: Positive = 8
    shift: Annotated[tuple[Exact, ...], BeforeValidator(_several)] = ("0",)
    layers: Annotated[tuple[Positive, ...], BeforeValidator(_several)] = (1,)
    spans: Annotated[tuple[Literal[1, 2], ...], BeforeValidator(_several)] = (1, 2)
    whole: tuple[LayerSetPlan, ...] = ()
    epochs: Positive = 5

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.law) == (self.trained is not None):
            raise ValueError("give law (sampled) or trained (digits, california), one of the two")
        if len(self.widths) < 2:
            raise ValueError(f"widths={list(self.widths)}: expected at least two, the input's and one layer's")
        if beyond := [layer for layer in self.layers if layer >= len(self.widths)]:
            raise ValueError(f"layers={beyond}: the network has layers 1 to {len(self.widths) - 1}")
        for part in self.whole:
            try:
                check_layer_sets(LayerSets(frozenset(part.wide), frozenset(part.bottleneck)), len(self.widths) - 1)
            except InputError as error:
                raise ValueError(f"whole: {str(error).split(';')[0]}") from None
        return self


class DrawPlan(Part):
    """How units are replaced. bernoulli belongs to pruning, levels to quantization, block_size to mode structured."""

    mode: Annotated[tuple[Mode, ...], BeforeValidator(_several)]
    alpha: Annotated[tuple[Exact, ...], BeforeValidator(_several)]
    bernoulli: Annotated[tuple[Exact, ...], BeforeValidator(_several)] = ()
    levels: Annotated[tuple[Positive, ...], BeforeValidator(_several)] = ()
    block_size: Annotated[tuple[Positive, ...], BeforeValidator(_several)] = (1,)
    gamma: Exact = "0.1"
    eta: Exact = "2"

    @model_validator(mode="after")
    def _check(self) -> Self:
        if Mode.CONV in self.mode:
            raise ValueError("mode=conv: trials draw matrices; use structured with block_size")
        for name, values in (("alpha", self.alpha), ("bernoulli", self.bernoulli), ("gamma", (self.gamma,))):
            if wrong := [value for value in values if not 0 < Fraction(value) <= 1]:
                raise ValueError(f"{name}={wrong[0]}: expected a number in (0, 1]")
        if Fraction(self.eta) < 1:
            raise ValueError(f"eta={self.eta}: expected at least 1")
        if any(mode.prunes for mode in self.mode) and not self.bernoulli:
            raise ValueError("bernoulli: not given, and pruning needs it")
        if Mode.QUANTIZE in self.mode and not self.levels:
            raise ValueError("levels: not given, and quantization needs them")
        return self

    def draws(self) -> Iterator[Draw]:
        """Every combination."""
        gamma, eta = Fraction(self.gamma), Fraction(self.eta)
        for mode, alpha in product(self.mode, (Fraction(alpha) for alpha in self.alpha)):
            if mode is Mode.QUANTIZE:
                for levels in self.levels:
                    yield Draw(mode, alpha, levels=levels, markov_factor=eta)
                continue
            for bernoulli, size in product(self.bernoulli, self.block_size if mode is Mode.STRUCTURED else (1,)):
                yield Draw(mode, alpha, Fraction(bernoulli), None, size, gamma, eta)


class Plan(Part):
    """confidence: that no claim of the plan is wrongly supported or refuted. repeats: of a cell at most.

    statements, variants: empty means all. enumerate: whether tiny instances are enumerated instead of sampled.
    equality_width: of an interval that supports an equality, as a share of the range. power: right sides that are
    this share of the enumerated truth, which sampling should refute.
    """

    name: str
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    confidence: Exact = "0.99"
    repeats: Positive = 4096
    batch: Positive = 256
    statements: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    enumerate: bool = True
    equality_width: Exact = "0.1"
    power: tuple[Exact, ...] = ()
    device: Literal["cpu", "cuda"] = "cpu"
    network: tuple[NetworkPlan, ...]
    draw: tuple[DrawPlan, ...]

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not 0 < Fraction(self.confidence) < 1:
            raise ValueError(f"confidence={self.confidence}: expected a number in (0, 1)")
        if wrong := [share for share in self.power if not 0 < Fraction(share) < 1]:
            raise ValueError(f"power={wrong[0]}: expected shares in (0, 1)")
        if self.batch > self.repeats:
            raise ValueError(f"batch={self.batch}: more than repeats={self.repeats}")
        return self

    @property
    def error_probability(self) -> Fraction:
        """Of all claims together."""
        return 1 - Fraction(self.confidence)

    @property
    def canonical(self) -> str:
        """The plan as one JSON text, whatever its TOML looked like."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def read_plan(path: Path) -> tuple[Plan, str]:
    """The plan of a TOML file, and its text. InputError names the field that is wrong."""
    text = read_file(path).decode("utf-8", errors="replace")
    try:
        return parse_plan(tomllib.loads(text, parse_float=str), f"path={path}"), text
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"path={path}: is no TOML file ({error}); see the README's section on simulations") from None


_REASONS = {
    "extra_forbidden": "a plan has no such field; examples/every_statement.toml shows those there are",
    "missing": "is missing; examples/every_statement.toml shows what a plan says",
}


def parse_plan(given: dict[str, Any], where: str) -> Plan:
    """The plan that these tables hold; InputError names the field that is wrong, and ``where``."""
    try:
        return Plan.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "plan"
        reason = _REASONS.get(first["type"], str(first["msg"]).removeprefix("Value error, "))
        raise InputError(f"{where}: {field}: {reason}") from None
