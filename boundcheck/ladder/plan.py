"""The plan of a comparison: which networks, which layers, how much is kept. Read from TOML; lists are grids."""

import json
import tomllib
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from boundcheck.certify.proposal import MODES, Proposal, Target
from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Effort, Mode
from boundcheck.exact.ball import parse_rational, rational_text
from boundcheck.network.files import read_file
from boundcheck.network.layer_sets import LayerSets, check_layer_sets

EXAMPLE = "examples/ladder.toml"
REASONS = {
    "extra_forbidden": f"a plan has no such field; {EXAMPLE} shows those there are",
    "missing": f"is missing; {EXAMPLE} shows what a plan says",
}


def _exact(value: Any) -> str:
    """Decimals as they are written: the parser hands floats on as text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("expected a decimal or a quotient such as 0.3 or '3/10'")
    try:
        return rational_text(parse_rational(str(value)))
    except InputError as error:
        raise ValueError(str(error)) from None


def _several(value: Any) -> Any:
    """A single value is a grid of one."""
    if value == []:
        raise ValueError("expected at least one value")
    return value if isinstance(value, list) else [value]


Exact = Annotated[str, BeforeValidator(_exact)]
Positive = Annotated[int, Field(ge=1)]
Source = Literal["digits", "california", "convolution", "block"]


class Part(BaseModel):
    """Base of all parts: unknown fields are refused, so that a misspelt one is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NetworkPlan(Part):
    """A network to be trained. widths are channels of a ``convolution``; samples: of its inputs, evenly spread.

    digits, california: without biases, on that data set. convolution: on Digits' 8 x 8 maps. block: with biases, on
    token-like inputs made from Digits.
    """

    source: Source
    widths: tuple[Positive, ...]
    activation: Literal["tanh", "relu", "gelu"]
    epochs: Positive
    seed: int
    samples: Positive


class LayersPlan(Part):
    """Layers compressed together."""

    wide: tuple[Positive, ...] = ()
    bottleneck: tuple[Positive, ...] = ()

    @property
    def sets(self) -> LayerSets:
        return LayerSets(frozenset(self.wide), frozenset(self.bottleneck))


class Cell(Part):
    """One network and one proposal; least_keep: the least keep within this relative error is asked for instead."""

    network: NetworkPlan
    layers: LayersPlan
    mode: Mode
    draw: DrawKind
    effort: Effort
    keep: Exact | None = None
    levels: int | None = None
    least_keep: Exact | None = None

    @property
    def proposal(self) -> Proposal:
        """For ``verify``; where the least keep is asked for, half is kept to begin with."""
        keep = Fraction(self.keep or "1/2") if self.mode.prunes else None
        granularity = next((name for name, mode in MODES.items() if mode is self.mode), None)
        options: dict[str, Any] = {} if granularity is None else {"granularity": granularity}
        if self.least_keep is not None:
            options["target"] = Target(relative=Fraction(self.least_keep))
        return Proposal(keep, self.levels, sets=self.layers.sets, draw=self.draw, effort=self.effort, **options)


class Grid(Part):
    """Every network with every proposal. Exactly one of keep, levels and least_keep (a relative error) is given."""

    source: Source
    widths: tuple[tuple[Positive, ...], ...]
    activation: Annotated[tuple[Literal["tanh", "relu", "gelu"], ...], BeforeValidator(_several)]
    epochs: Positive = 10
    samples: Positive = 2000
    layers: Annotated[tuple[LayersPlan, ...], BeforeValidator(_several)]
    mode: Mode = Mode.PRUNE
    draw: DrawKind = DrawKind.INDEPENDENT
    effort: Annotated[tuple[Effort, ...], BeforeValidator(_several)] = (Effort.TIGHT,)
    keep: Annotated[tuple[Exact, ...], BeforeValidator(_several)] = ()
    levels: Annotated[tuple[Positive, ...], BeforeValidator(_several)] = ()
    least_keep: Exact | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [name for name in ("keep", "levels", "least_keep") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'nothing'} given: expected one of keep, levels and least_keep")
        if (self.mode is Mode.QUANTIZE) != (given == ["levels"]):
            raise ValueError(f"mode={self.mode}, {given[0]}: levels belong to mode=quantize, and nothing else does")
        if self.least_keep and (self.mode is not Mode.PRUNE or self.draw is not DrawKind.INDEPENDENT):
            raise ValueError(
                f"mode={self.mode}, draw={self.draw}: least_keep is about single weights, drawn one by one"
            )
        if (self.mode is Mode.CONV) != (self.source == "convolution"):
            raise ValueError(f"mode={self.mode}, source={self.source}: mode=conv and source=convolution go together")
        try:
            for sizes, layers in product(self.widths, self.layers):
                check_layer_sets(layers.sets, len(sizes) - 1)
            for cell in self.cells(0):
                _ = cell.proposal
        except InputError as error:
            raise ValueError(str(error)) from None
        return self

    def cells(self, seed: int) -> Iterator[Cell]:
        """Every combination."""
        for sizes, phi in product(self.widths, self.activation):
            network = NetworkPlan(
                source=self.source, widths=sizes, activation=phi, epochs=self.epochs, seed=seed, samples=self.samples
            )
            for layers, effort in product(self.layers, self.effort):
                common: dict[str, Any] = {"network": network, "layers": layers, "mode": self.mode, "draw": self.draw}
                for keep in self.keep:
                    yield Cell(**common, effort=effort, keep=keep)
                for levels in self.levels:
                    yield Cell(**common, effort=effort, levels=levels)
                if self.least_keep is not None:
                    yield Cell(**common, effort=effort, least_keep=self.least_keep)


class Sampling(Part):
    """How long the true error is sampled: to this relative standard error, at most so many repeats and seconds."""

    standard_error: Exact = "0.01"
    repeats: Annotated[int, Field(ge=2)] = 400
    seconds: Positive = 20


class Plan(Part):
    """seed: of training and draws."""

    name: str
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    sampling: Sampling = Sampling()
    grid: Annotated[tuple[Grid, ...], Field(min_length=1)]

    def cells(self) -> list[Cell]:
        """Every cell, once, in the plan's order."""
        return list(dict.fromkeys(cell for grid in self.grid for cell in grid.cells(self.seed)))

    def key(self, cell: Cell) -> str:
        """All that decides what comes out of the cell, as one JSON text."""
        parts = {"cell": cell.model_dump(mode="json"), "sampling": self.sampling.model_dump(mode="json")}
        return json.dumps(parts, sort_keys=True)


def read_plan(path: Path) -> Plan:
    """The plan of a TOML file; InputError names the field that is wrong."""
    text = read_file(path).decode("utf-8", errors="replace")
    try:
        return parse_plan(tomllib.loads(text, parse_float=str), f"path={path}")
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"path={path}: is no TOML file ({error}); {EXAMPLE} shows one") from None


def parse_plan(given: dict[str, Any], where: str) -> Plan:
    """The plan that these tables hold; InputError names the field that is wrong, and ``where``."""
    try:
        return Plan.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "plan"
        reason = REASONS.get(first["type"], str(first["msg"]).removeprefix("Value error, "))
        raise InputError(f"{where}: {field}: {reason}") from None
