"""Numbers at which all assumptions of the statements on draws and wide layers hold: none is about nothing.

Symbols, norms and expectations go by their printed names.
"""

from fractions import Fraction

Point = dict[str, Fraction]
HALF, TENTH = Fraction(1, 2), Fraction(1, 10)

LAYER: Point = {
    **{"n_1": Fraction(4), "n_2": Fraction(3), "sigma_1": Fraction(3, 2), "nu_1": HALF, "theta": Fraction(2)},
    **{"L": Fraction(1), "||W_1||_col": Fraction(1), "kappa": Fraction(3), "E||x - x'||^2": TENTH},
    **{"alpha": HALF, "p": HALF, "gamma": Fraction(1), "epsilon": HALF, "k": Fraction(2)},
    **{"E||Psi||^2": TENTH, "||M||_0 / (n_1 n_2)": HALF, "#{nonzero block columns}": Fraction(1)},
    **{"Q_ij": Fraction(-1, 4), "j": Fraction(1)},
}
DRAW: Point = {
    **{"w": HALF, "p": HALF, "k": Fraction(3), "M": Fraction(1), "Var(h/w)": Fraction(1)},
    **{"Var(pruned h)": Fraction(1, 4), "E(pruned h - w)^3": Fraction(0), "E(pruned h - w)^4": Fraction(1, 16)},
    **{"E(pruned h - w)^6": Fraction(1, 64), "Var(quantized h)": Fraction(1, 36)},
    **{"E(quantized h - w)^3": Fraction(0), "E(quantized h - w)^4": Fraction(1, 1296)},
    **{"E(quantized h - w)^6": Fraction(1, 46656)},
}
_LAYERS = ("uncompressed-layer", *(f"wide-layer-{how}" for how in ("pruned", "columns", "quantized", "exact-counts")))
INSTANCES: dict[str, Point] = dict.fromkeys((f"sharp-{name}" for name in _LAYERS), LAYER) | {
    "sharp-variance-of-a-draw": DRAW,
    "sharp-one-layer-error": {
        **{
            "h_ij": HALF,
            "w": HALF,
            "zeta_i": Fraction(0),
            "Expectation(h_ij)": HALF,
            "Expectation(zeta_i)": Fraction(0),
        },
        **{"E||W x - U x'||^2": HALF, "E||W x - U x'||^2, rows drawn": HALF, "E||W (x - x')||^2": HALF},
        **{"sum_K Var(h_ij) E x'_j^2": Fraction(0), "sum_i E zeta_i^2": Fraction(0)},
    },
    "sharp-columns-error": {
        **{"h_E": HALF, "Expectation(h_E)": Fraction(1), "E||W x - U x'||^2": HALF, "E||W (x - x')||^2": HALF},
        **{"sum_E Var(h_E) E||W_E x'_E||^2": Fraction(0), "sum_E Var(h_E) sum_j E||W_:j x'_j||^2": Fraction(0)},
    },
    "sharp-least-scores": {"N": Fraction(4), "alpha": HALF, "sum of the least": TENTH, "sum of all": Fraction(1)},
    "sharp-one-realization": {
        **{"T": Fraction(4), "t": Fraction(2), "p": HALF, "E f(b)": HALF, "f(b)": HALF, "||b||_0": Fraction(1)},
        **{"w": HALF, "P(h != 0)": HALF},
    },
    "sharp-exact-counts": {
        **{"T": Fraction(2), "t": Fraction(1), "w": HALF, "E h": HALF, "Var(b_j)": Fraction(1), "v": Fraction(0)},
        **{"Cov(b_i, b_j)": Fraction(-1), "sum_j (w_j x_j)^2": HALF, "sum_j w_j x_j": Fraction(1)},
    },
}
