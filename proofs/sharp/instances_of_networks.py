"""Numbers at which all assumptions of the statements on measured blocks, later layers and whole networks hold.

Symbols, norms and expectations go by their printed names.
"""

from fractions import Fraction

Point = dict[str, Fraction]
HALF, TENTH = Fraction(1, 2), Fraction(1, 10)

BLOCK: Point = {
    **{"n_1": Fraction(4), "n_2": Fraction(4), "n_3": Fraction(2), "sigma_1": Fraction(1), "sigma_2": Fraction(2)},
    **{"nu_1": HALF, "L": Fraction(1), "E||x - x'||^2": TENTH, "E||Psi_0||^2": TENTH, "a": HALF},
    **{"alpha": HALF, "p": HALF, "gamma": Fraction(1), "epsilon": HALF, "k": Fraction(2)},
    **{"E||Psi||^2": TENTH, "||M||_0 / (n_1 n_2)": HALF, "Q_ij": Fraction(-1, 4), "j": Fraction(1)},
    **{"#{nonzero block columns}": Fraction(1), "#{nonzero block rows}": Fraction(1)},
    **{"E||Psi_0||^2, block": TENTH, "E||Psi||^2, wide": TENTH, "E||Psi||^2, block": TENTH},
    **{"zeta_i(x')": Fraction(0), "zeta_i(x - x')": Fraction(0)},
    **{"Expectation(zeta_i(x'))": Fraction(0), "Expectation(zeta_i(x - x'))": Fraction(0)},
}
LATER: Point = {
    **{"E||Psi_0||^2": TENTH, "Lip": Fraction(2), "E||J Delta||^2": TENTH, "R": TENTH, "E||Psi||^2": TENTH},
    **{"z": Fraction(-1), "v": TENTH, "mu_4": TENTH, "E R^2": Fraction(1, 1000), "C": Fraction(1), "g": HALF},
    **{"s": Fraction(0)},
}
NETWORK: Point = {
    **{"i": Fraction(2), "N": Fraction(3), "s": Fraction(2), "B": HALF, "V": TENTH, "P": HALF},
    **{"E_{i-1}": Fraction(0), "E_i": TENTH, "f_{i-1}^2": Fraction(0), "f_i^2": Fraction(7, 20)},
    **{"e_{i-1}^2": Fraction(0), "e_i^2": Fraction(7, 10), "e_N^2": Fraction(1)},
    **{"E||Phi - Phi-hat||^2": TENTH, "L(Phi)": HALF, "L(Phi-hat)": HALF},
}
SHARES: Point = {
    **{"l": Fraction(1), "m": Fraction(3), "sigma": Fraction(1), "F": Fraction(1), "X": Fraction(1)},
    **{"E||x^{l-1} - xhat^{l-1}||^2": TENTH, "E||x^l - xhat^l||^2": TENTH, "E||x^{l+1} - xhat^{l+1}||^2": TENTH},
    **{"E||Phi - Phi-hat||^2": TENTH},
}
THEOREM: Point = {
    **{"l": Fraction(1), "m": Fraction(3), "n_l": Fraction(1000), "n_{l+1}": Fraction(900), "n_{l+2}": Fraction(5)},
    **{"||x||": Fraction(1), "phi_l(0)": Fraction(0), "L": Fraction(1), "C": Fraction(1), "||W_l||": HALF},
    **{"||W_l||_inf": Fraction(1, 10**4), "c_1": Fraction(1), "c_2": Fraction(1, 100), "xi": HALF},
    **{"E||Phi - Phi-hat||^2": TENTH, "L(Phi)": HALF, "L(Phi-hat)": HALF},
    **{"p": HALF, "gamma": HALF, "epsilon": HALF, "k": Fraction(3)},
    **{"||W-hat_l||_0 / (n_l n_{l+1})": HALF, "#{W-hat_l not in K} / (n_l n_{l+1})": Fraction(0)},
    **{"[W-hat_l]_ij": Fraction(0), "j": Fraction(0)},
    **{"#{nonzero columns of W-hat_l}": Fraction(9), "#{nonzero rows of W-hat_l}": Fraction(9)},
    **{"d_l": Fraction(100), "d_{l+1}": Fraction(90), "d_{l+2}": Fraction(5), "q": Fraction(3)},
    **{"max ||C(K_oi)||": Fraction(1, 10**4)},
}
PREDICTIONS: Point = {
    **{"d": Fraction(1), "o_j - o_i": TENTH, "||Delta||^2": Fraction(1), "N": Fraction(9), "k": Fraction(1)},
    **{"E||Psi||^2": TENTH, "S_k": HALF},
}
_KINDS = ("", "-quantized", "-exact-counts")
_BLOCKS = (
    *("compressed-input", "measured-uncompressed", "measured-wide-columns", "measured-bottleneck-rows"),
    *(f"measured-{role}{kind}" for role in ("wide", "bottleneck") for kind in _KINDS),
)
INSTANCES: dict[str, Point] = dict.fromkeys((f"sharp-{name}" for name in _BLOCKS), BLOCK) | {
    **dict.fromkeys((f"sharp-theorem-{number}" for number in (2, 3, 6, 7)), THEOREM),
    **{"sharp-later-layers": LATER, "sharp-network": NETWORK, "sharp-equal-shares": SHARES},
    "sharp-unchanged-predictions": PREDICTIONS,
}
