"""What the options say of a network of convolutions; whatever the statements about them do not cover is refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boundcheck.core.errors import InputError

from .given import Given, integer, integers

EXAMPLE = "--channels 256,3 --kernel 3 --map 8"


@dataclass(frozen=True)
class Convolutions:
    """The options --channels, --kernel, --map, --padding and --stride, as given."""

    channels: Sequence[str] = ()
    kernel: str | None = None
    map_side: str | None = None
    padding: str | None = None
    stride: str | None = None

    @property
    def given(self) -> Given:
        """Which of them were given."""
        channels = ",".join(self.channels) if self.channels else None
        return Given(
            {
                **{"channels": channels, "kernel": self.kernel, "map": self.map_side},
                **{"padding": self.padding, "stride": self.stride},
            }
        )

    def refuse_outside_conv(self, mode: str) -> None:
        """Raise InputError if any was given though no filters are pruned."""
        if self.given.names:
            raise InputError(
                f"{self.given.written()}: part of a description of convolutions, and mode={mode} is about fully "
                "connected layers; add --mode conv, or leave this out"
            )

    def refuse_other_convolutions(self) -> None:
        """Raise InputError for a padding or stride for which a convolution is not the matrix of Lemma 13."""
        if self.padding is not None and self.padding != "circular":
            raise InputError(
                f"padding={self.padding[:40]}: expected circular; with any other padding a convolution's matrix has no "
                "circulant blocks, and the statements (Lemmas 13 and 14, Theorem 7) say nothing about it"
            )
        if self.stride is not None and integer("stride", self.stride, "1") != 1:
            raise InputError(
                f"stride={self.stride.strip()}: expected 1; with a larger stride the maps change their size, and the "
                "statements (Lemma 13, Theorem 7) are about maps of one size"
            )

    def of_stated_network(self) -> tuple[list[int], int, int]:
        """Channels, the kernels' side and the maps' side; InputError if one is missing."""
        texts = {"channels": self.channels or None, "kernel": self.kernel, "map": self.map_side}
        missing = [name for name, text in texts.items() if text is None]
        if missing or self.kernel is None or self.map_side is None:
            raise InputError(
                f"{', '.join(missing)}: not given; mode=conv needs a checkpoint, or channels, kernel and map; write "
                f"for example {EXAMPLE}"
            )
        return integers("channels", self.channels, "256,3"), *self._sides(self.kernel, self.map_side)

    def of_checkpoint(self, path: Path) -> int:
        """The maps' side; InputError unless it and the padding, which no file says, are stated."""
        read = Given({name: text for name, text in self.given.texts.items() if name in ("channels", "kernel")})
        if read.names:
            raise InputError(f"{read.written()}: checkpoint={path} holds the kernels themselves; leave this out")
        if self.map_side is None:
            raise InputError(
                f"map: not given; checkpoint={path} does not say on which feature maps its kernels work; give "
                "their side, for example --map 8"
            )
        if self.padding is None:
            raise InputError(
                f"padding: not given; checkpoint={path} does not say which one it was trained with, and the "
                "statements hold for circular padding alone; give --padding circular if it is that one"
            )
        return self._sides("1", self.map_side)[1]

    def _sides(self, kernel: str, map_side: str) -> tuple[int, int]:
        return integer("kernel", kernel, "3"), integer("map", map_side, "8")
