"""What a user proposes: how much to prune or how finely to quantize, where, and which error would be acceptable."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.core.rung import DrawKind, Effort, Mode
from boundcheck.exact.ball import rational_text
from boundcheck.network.layer_sets import LayerSets

DEFAULT_RELATIVE_ERROR = Fraction(1, 10)
DEFAULT_UNQUANTIZED = Fraction(1, 100)
ADVICE = {
    "bernoulli": "leave it out, and each rung chooses it",
    "alpha": "leave it out, and each rung chooses it",
    "unquantized": "0.01 leaves 1% of the entries as they are",
}


class Granularity(StrEnum):
    """What pruning removes as a whole: single weights (unstructured), neurons (structured) or filters (conv)."""

    UNSTRUCTURED = "unstructured"
    STRUCTURED = "structured"
    CONV = "conv"


MODES = {
    Granularity.UNSTRUCTURED: Mode.PRUNE,
    Granularity.STRUCTURED: Mode.STRUCTURED,
    Granularity.CONV: Mode.CONV,
}
TARGET_NAMES = {"relative": "max-relative-error", "absolute": "max-error", "xi": "xi"}


@dataclass(frozen=True)
class Target:
    """The error that would be acceptable; exactly one of the three is set.

    relative: times the trivial bound; absolute: squared distance; xi: c_1^{2m} (1 + xi)^m xi.
    """

    relative: Fraction | None = None
    absolute: Fraction | None = None
    xi: Fraction | None = None

    def __post_init__(self) -> None:
        given = [name for name in ("relative", "absolute", "xi") if getattr(self, name) is not None]
        if len(given) != 1:
            raise InputError(
                f"target={', '.join(given) or 'nothing'}: expected exactly one of max-relative-error, max-error "
                "and xi; keep one"
            )
        value = getattr(self, given[0])
        if value <= 0:
            raise InputError(f"{TARGET_NAMES[given[0]]}={_short(value)}: expected a positive number; raise it")
        if self.xi is not None and self.xi >= 1:
            raise InputError(f"xi={_short(self.xi)}: expected a number in (0, 1); use --max-error for a larger error")


@dataclass(frozen=True)
class Proposal:
    """Exactly one of ``keep`` (pruning) and ``levels`` (quantization); ``sets`` None means auto.

    keep: requested fraction, in (0, 1], of nonzero weights in every compressed layer; by ``granularity`` of nonzero
    columns (input neurons or filters) in wide layers and nonzero rows (output neurons or filters) in bottlenecks.
    levels: quantization levels k on each side of zero; unquantized: share of entries that may stay as they are.
    bernoulli, alpha: fix what a rung would otherwise choose. draw: of every weight by itself, or of exactly so many of
    every row as ``keep`` says. effort: how closely the rungs that measure at the data bound every unit.
    Raises InputError for values out of range.
    """

    keep: Fraction | None = None
    levels: int | None = None
    unquantized: Fraction | None = None
    sets: LayerSets | None = None
    bernoulli: Fraction | None = None
    alpha: Fraction | None = None
    target: Target = Target(relative=DEFAULT_RELATIVE_ERROR)
    granularity: Granularity = Granularity.UNSTRUCTURED
    draw: DrawKind = DrawKind.INDEPENDENT
    effort: Effort = Effort.TIGHT

    def __post_init__(self) -> None:
        if self.levels is not None and self.granularity != Granularity.UNSTRUCTURED:
            raise InputError(
                f"levels={self.levels}: quantization replaces single weights, and mode={self.granularity} prunes whole "
                "neurons or filters; give --keep instead, or drop --mode"
            )
        if (self.keep is None) == (self.levels is None):
            raise InputError("expected exactly one of keep (or sparsity) and levels; give one of them")
        if self.keep is not None and not 0 < self.keep <= 1:
            raise InputError(f"keep={_short(self.keep)}: expected a fraction in (0, 1]; 0.3 keeps 30% of the weights")
        if self.levels is not None and self.levels < 1:
            raise InputError(f"levels={self.levels}: expected at least 1; levels=k gives 2 k + 1 values with zero")
        _open_unit("bernoulli", self.bernoulli)
        _open_unit("alpha", self.alpha)
        _open_unit("unquantized", self.unquantized)
        if not self.mode.prunes and self.bernoulli is not None:
            raise InputError(
                f"bernoulli={_short(self.bernoulli)} belongs to pruning, not to levels={self.levels}; drop it"
            )
        if self.mode.prunes and self.unquantized is not None:
            raise InputError(f"unquantized={_short(self.unquantized)} belongs to quantization, not to keep; drop it")
        if self.draw is DrawKind.EXACT_COUNTS:
            self._check_exact_counts()

    def _check_exact_counts(self) -> None:
        if self.mode is not Mode.PRUNE:
            other = f"levels={self.levels}" if self.levels is not None else f"mode={self.granularity}"
            raise InputError(
                f"draw={self.draw}: keeps a number of single weights in every row, and {other} does not; give keep "
                "alone, or drop --draw"
            )
        for name, value in (("bernoulli", self.bernoulli), ("alpha", self.alpha)):
            if value is not None:
                raise InputError(
                    f"{name}={_short(value)}: follows from draw={self.draw}, which draws all weights and keeps as many "
                    "as keep says; drop one of the two"
                )

    @property
    def mode(self) -> Mode:
        """QUANTIZE if ``levels`` is given, else pruning of what the granularity says."""
        return Mode.QUANTIZE if self.levels is not None else MODES[self.granularity]

    @property
    def unquantized_share(self) -> Fraction:
        """Share of entries that quantization may leave as they are: as requested, or 0.01 as in (22)."""
        return DEFAULT_UNQUANTIZED if self.unquantized is None else self.unquantized

    @property
    def requested_share(self) -> Fraction:
        """The share of a compressed layer's units that may stay nonzero (pruning), or of its entries unquantized."""
        return self.unquantized_share if self.keep is None else self.keep

    @property
    def bits_per_weight(self) -> int | None:
        """Bits that 2 k + 1 values need, ceil(log2(2 k + 1)); None when pruning."""
        return None if self.levels is None else (2 * self.levels).bit_length()


def _open_unit(name: str, value: Fraction | None) -> None:
    if value is not None and not 0 < value < 1:
        raise InputError(f"{name}={_short(value)}: expected a number strictly between 0 and 1; {ADVICE[name]}")


def _short(value: Fraction) -> str:
    text = rational_text(value)
    return text if len(text) < 20 else f"{text[:16]}..."
