"""The least widths at which Theorem 2 (corrected) and its sharper form apply, and their quotients.

    python benchmarks/required_width.py

Theorem 2 is taken at its best: alpha = 0.99 as in print, and no loss from the mean to one realization (its epsilon is
nearly 0, and its condition on the number of draws is left out). The sharper form keeps exactly a share p of every row.
"""

from fractions import Fraction

import boundcheck.exact.registered  # noqa: F401  (teaches evaluate Lambert's function)
from boundcheck.core.statement import Scope, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide
from boundcheck.library import library

Values = dict[str, Fraction]
TARGETS = ((Fraction(3, 10), Fraction(1, 10)), (Fraction(1, 10), Fraction(1, 10)), (Fraction(1, 2), Fraction(1, 2)))
CONSTANTS = {
    "c_1 = 1, c_2 = 1.7": (Fraction(1), Fraction(17, 10)),
    "TinyBERT (5.5, 28.4)": (Fraction(11, 2), Fraction(142, 5)),
    "ResMLP (3.2, 20.5)": (Fraction(16, 5), Fraction(41, 2)),
}
DEPTH, OUTPUTS, INPUTS = 3, 10, 64
LARGEST = 10**40


def applies(variant: Variant, scope: Scope, values: Values) -> bool:
    """Whether the variant's conditions on widths hold at layers of a scope."""
    for assumption in variant.assumptions:
        if assumption.scope is scope:
            relation = variant.expand(assumption.relation)
            known = {symbol: values[str(symbol)] for symbol in relation.free_symbols if str(symbol) in values}
            if len(known) == len(relation.free_symbols) and decide(relation, known) is not Verdict.HOLDS:
                return False
    return True


def least_width(variant: Variant, scope: Scope, name: str, values: Values) -> int | None:
    """The least width at which the conditions hold, to one in a million; None if it is beyond all reason."""
    high = 2
    while not applies(variant, scope, {**values, name: Fraction(high)}):
        high *= 2
        if high > LARGEST:
            return None
    low = high // 2
    while high - low > max(1, high // 10**6):
        middle = (low + high) // 2
        holds = applies(variant, scope, {**values, name: Fraction(middle)})
        low, high = (low, middle) if holds else (middle, high)
    return high


def rows() -> list[tuple[str, ...]]:
    """One row for every target, constants and kind of layer."""
    found, known = [], library(proofs=False)
    theorem, sharper = known.find("theorem-2").variant("corrected"), known.find("sharp-theorem-2").variant("printed")
    for p, xi in TARGETS:
        for name, (c_1, c_2) in CONSTANTS.items():
            values = {"p": p, "xi": xi, "c_1": c_1, "c_2": c_2, "m": Fraction(DEPTH), "l": Fraction(1)}
            values |= {"alpha": Fraction(99, 100), "epsilon": Fraction(1, 10**9)}
            for kind, scope, width, others in (
                ("wide", Scope.WIDE, "n_l", {"n_{l+1}": OUTPUTS}),
                ("bottleneck", Scope.BOTTLENECK, "n_{l+1}", {"n_l": INPUTS, "n_{l+2}": OUTPUTS}),
            ):
                at = values | {symbol: Fraction(number) for symbol, number in others.items()}
                before, after = (least_width(variant, scope, width, at) for variant in (theorem, sharper))
                factor = before / after if before and after else None
                numbers = (f"{n:.3g}" if n else "-" for n in (before, after, factor))
                found.append((f"{float(p):g}", f"{float(xi):g}", name, kind, *numbers))
    return found


def main() -> None:
    """Print the table."""
    print(f"{DEPTH} layers, layer 1; {OUTPUTS} outputs behind the layer or block, {INPUTS} inputs of a bottleneck")
    head = ("p", "xi", "constants", "layer", "Theorem 2", "sharper", "factor")
    for row in (head, *rows()):
        print("  ".join(text.ljust(size) for text, size in zip(row, (4, 4, 20, 10, 10, 10, 8), strict=True)))


if __name__ == "__main__":
    main()
