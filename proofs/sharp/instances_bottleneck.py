"""Numbers at which the assumptions of the statements on bottlenecks and their units hold."""

from fractions import Fraction

Point = dict[str, Fraction]
HALF = Fraction(1, 2)


def _power(name: str, exponent: int) -> str:
    return "" if exponent == 0 else name if exponent == 1 else f"{name}**{exponent}"


UNIT: Point = {
    **{"z": HALF, "v": Fraction(1), "mu_3": Fraction(0), "mu_4": Fraction(2), "mu_6": Fraction(8), "s": Fraction(0)},
    **{"C": Fraction(1), "C_3": Fraction(1), "L": Fraction(1), "g": HALF, "phi'": HALF, "phi''": HALF},
    **{"b": HALF, "b_0": Fraction(1, 4), "Var(delta)": HALF, "Expectation(zeta)": Fraction(0)},
}
BLOCK: Point = {
    **{"n_1": Fraction(6), "n_2": Fraction(5), "n_3": Fraction(2), "sigma_1": Fraction(3, 2), "sigma_2": Fraction(2)},
    **{"theta": Fraction(2), "E||x - x'||^2": Fraction(1, 10), "L": Fraction(1), "C": Fraction(1), "g": HALF},
    **{"g_0": Fraction(0), "||W_1||_col": Fraction(1), "||W_2||_col": Fraction(1), "||W_1||_row": Fraction(1)},
    **{"||bias_1||": HALF, "nu_1": HALF, "E||Psi||^2": Fraction(1, 100), "Q_ij": Fraction(-1, 6), "j": Fraction(1)},
    **{"alpha": HALF, "p": HALF, "gamma": HALF, "epsilon": HALF, "k": Fraction(3), "||M||_0 / (n_1 n_2)": HALF},
    **{"#{nonzero block rows}": Fraction(2)},
}
VECTORS: Point = {
    **{"Norm(W_2*E_delta)": HALF, "Norm(-E_delta*W_2)": HALF, "Norm(E_delta*W_2)": HALF, "B": HALF, "V": Fraction(1)},
    **{"sum_i c_i Var(delta_i)": Fraction(1), "Expectation(delta_i)": HALF, "Expectation(delta_j)": HALF},
    **{"Expectation(delta_i*delta_j)": Fraction(1, 4), "Norm(W_2*c)": HALF, "Norm(r)": HALF, "Norm(r*|W_2|)": HALF},
    **{"Norm(W_2*(a - c))": HALF, "Norm(-E_delta*W_2 + W_2*(a - c))": HALF, "E||Psi||^2, all draws": HALF},
    **{"E_h||W_2 (a - c - delta)||^2": HALF, "Expectation(sum_i c_i Var(delta_i))": Fraction(1)},
    **{"Expectation(Norm(E_delta*W_2)**2)": Fraction(1, 4)},
}
WAVES: Point = {
    **{"F": Fraction(4), "L": Fraction(4), "A": Fraction(1), "B": HALF},
    **{"Expectation(T)": Fraction(1), "Expectation(T')": Fraction(1)},
    **{f"Expectation(Abs({factor} + z + zeta))": Fraction(1) for factor in ("eta", "-eta", "3*eta/2", "-3*eta/2")},
    **{f"sum_l {weight}_l E cos(2 pi l (z + zeta)/L)/l^2": Fraction(0) for weight in ("w", "w'")},
}
# A window around 0, and fits that are exact.
FITS: Point = {
    **{"c": Fraction(0), "r": HALF, "rho": Fraction(2), "beta": HALF, "zeta": Fraction(1), "phi(z)": HALF},
    **{"G": Fraction(1), "T_1": Fraction(1), "T_2": Fraction(1), "a_0": HALF, "a_1": HALF, "a_2": HALF},
    **dict.fromkeys(("near_1", "near_2", "far_1", "far_2"), Fraction(1, 100)),
    **dict.fromkeys(("Expectation(G)", "Expectation(T_1)", "Expectation(G**2)", "Expectation(T_2)"), Fraction(1)),
    **{"Expectation(a_0 + a_1*(-c + z + zeta)/rho + a_2*(-c + z + zeta)**2/rho**2)": Fraction(2)},
}
# Two independent signs.
SIGNS: Point = {
    f"Expectation({'*'.join(filter(None, (_power('X', i), _power('t', j))))})": Fraction(1 - max(i % 2, j % 2))
    for i in range(7)
    for j in range(7)
    if i + j
}
INSTANCES: dict[str, Point] = {
    "sharp-bias-of-a-unit": UNIT,
    "sharp-variance-of-a-unit": UNIT,
    "sharp-bottleneck-error": BLOCK | VECTORS,
    "sharp-moments-of-a-sum": UNIT
    | SIGNS
    | {
        **{"N": Fraction(2), "sum Var": Fraction(2), "sum m_3": Fraction(0)},
        **{"sum (m_4 - 3 Var^2)": Fraction(-4), "sum kappa_6": Fraction(32)},
    },
    "sharp-bias-and-width": BLOCK | {"||W_2 b||": HALF},
    "sharp-bias-box": BLOCK | VECTORS | {"b_i": HALF, "c_i": Fraction(1, 4), "r_i": HALF, "Norm(u)": Fraction(1)},
    "sharp-near-exact-bias": UNIT | WAVES,
    "sharp-near-exact-moments": UNIT | FITS,
    "sharp-near-exact-variance": UNIT
    | WAVES
    | {
        **{"z": -HALF, "sum_l E sin(2 pi l (z + zeta)/L)/l^3": Fraction(0)},
        "Expectation((z + zeta)*Abs(z + zeta))": Fraction(0),
    },
    "sharp-two-valued-unit": UNIT
    | {
        **{"p": HALF, "q": HALF, "h_1": Fraction(2), "h_2": Fraction(0), "beta_0": Fraction(0)},
        **{"phi(z/p)": Fraction(1), "phi(0)": Fraction(0), "phi(z)": HALF, "b(multiples)": Fraction(0)},
    },
    "sharp-bottleneck-pruned": BLOCK,
    "sharp-bottleneck-quantized": BLOCK,
    "sharp-bottleneck-exact-counts": BLOCK,
    "sharp-bottleneck-rows": BLOCK | {"n_2": Fraction(6), "k": Fraction(1)},
}
