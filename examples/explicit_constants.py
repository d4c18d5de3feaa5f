"""Prints what the theorems only say exists: delta(xi, epsilon), and the n_0 of Lemma 12 beside Chernoff's.

delta is rounded down: the induction of Lemma 17 closes at it (tests/proofs/test_explicit_delta.py).
"""

from fractions import Fraction

from rich.console import Console
from rich.table import Table

from boundcheck.exact.ball import Number, lower_decimal
from boundcheck.exact.binomial import chernoff_least_draws, least_draws
from boundcheck.exact.evaluate import evaluate
from boundcheck.library import library

XIS = [Fraction(text) for text in ("0.01", "0.1", "0.5", "0.9")]
KEEP_PROBABILITIES = [Fraction(text) for text in ("0.1", "0.3", "0.5")]
EXCESS = Fraction(1, 100)


def delta(xi: Fraction, share: Fraction) -> str:
    """delta(xi, share * xi) as the corrected Theorem 2 defines it."""
    variant = library().find("theorem-2").variant("corrected")
    symbols = {symbol.name: symbol for symbol in variant.definitions}
    formula = variant.expand(variant.definitions[symbols["delta"]])
    values: dict[object, Number] = {s: {"xi": xi, "epsilon": share * xi}[s.name] for s in formula.free_symbols}
    return lower_decimal(evaluate(formula, values), 8) or "none"


def main() -> None:
    """Both tables."""
    console = Console()
    table = Table("xi", "delta(xi, 0)", "delta(xi, xi/10)", "delta(xi, xi/2)", title="delta(xi, epsilon), rounded down")
    for xi in XIS:
        table.add_row(str(float(xi)), *(delta(xi, Fraction(share)) for share in ("0", "1/10", "1/2")))
    console.print(table)
    table = Table(
        "p", "xi", "n_0 (exact tail)", "n_0 (Chernoff)", "ratio", title="n_0(gamma = 0.01, p, epsilon = xi/2)"
    )
    for p in KEEP_PROBABILITIES:
        for xi in XIS:
            exact, chernoff = least_draws(EXCESS, p, xi / 2), chernoff_least_draws(EXCESS, p, xi / 2)
            table.add_row(str(float(p)), str(float(xi)), str(exact), str(chernoff), f"{chernoff / exact:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
