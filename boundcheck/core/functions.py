"""Functions of probability that formulas name but SymPy lacks; they stay unevaluated until given numbers."""

from typing import Any

import sympy


class BinomialCdf(sympy.Function):
    """P(B <= threshold) for B ~ Binomial(draws, probability): ``BinomialCdf(threshold, draws, probability)``."""

    nargs = 3

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        threshold, draws, probability = (printer.doprint(argument) for argument in self.args)
        text = rf"\operatorname{{P}}\left(\operatorname{{Bin}}({draws}, {probability}) \le {threshold}\right)"
        return text if exp is None else rf"{{{text}}}^{{{exp}}}"


class LeastDraws(sympy.Function):
    """The n_0 of Lemma 12 of El Cheairi, Gamarnik, Mazumder: ``LeastDraws(excess, probability, tolerance)``.

    The least number of draws from which on, for every larger number T too, a Binomial(T, probability) variable exceeds
    (1 + excess) * probability * T with probability at most tolerance / (1 + tolerance).
    """

    nargs = 3

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        arguments = ", ".join(printer.doprint(argument) for argument in self.args)
        text = rf"n_0\left({arguments}\right)"
        return text if exp is None else rf"{{{text}}}^{{{exp}}}"
