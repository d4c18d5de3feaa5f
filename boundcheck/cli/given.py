"""Reads the text of options: exact numbers, lists of integers, and which options were given at all."""

from collections.abc import Sequence
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import parse_rational

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
