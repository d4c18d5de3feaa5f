"""Numbers at which all assumptions of a statement hold, in every variant: no statement is about nothing.

Symbols, norms and expectations go by their printed names.
"""

from fractions import Fraction

Point = dict[str, Fraction]
HALF, TENTH = Fraction(1, 2), Fraction(1, 10)

ACTIVATION: Point = {"phi_l(0)": Fraction(0), "||phi_l||_Lip": Fraction(1), "sup|phi_l''|": Fraction(1)}
DRAW: Point = {"alpha": HALF, "p": HALF, "gamma": HALF, "epsilon": HALF, "k": Fraction(3)}
BLOCK: Point = (
    ACTIVATION
    | DRAW
    | {
        **{"n_1": Fraction(6), "n_2": Fraction(5), "n_3": Fraction(2), "n_0": Fraction(4)},
        **{"sigma_1": Fraction(3, 2), "sigma_2": Fraction(2), "nu_1": HALF, "nu_2": Fraction(1)},
        **{"rho": Fraction(1), "theta": Fraction(2), "kappa": Fraction(3), "E||x - x'||^2": TENTH},
        **{"Pi^kappa": TENTH, "Pi^kappa(M.W_1)": TENTH, "E Pi^kappa": TENTH, "||M||_0 / (n_1 n_2)": HALF},
        **{"Q_ij": Fraction(-1, 6), "j": Fraction(1), "||M||_0": Fraction(15), "phi": Fraction(1)},
        **{"Expectation(h_ij)": Fraction(-1, 5), "[W_1]_ij": Fraction(-1, 5), "Variance(h_ij)": TENTH},
        **{"tau_0": Fraction(1), "tau_1": Fraction(3), "tau": Fraction(3), "Delta": Fraction(5), "P(h_ij = 0)": HALF},
        **{"1{h_ij = 0}": Fraction(1), "|h_ij - [W_1]_ij|": HALF},
    }
)
# Width conditions hold at small widths where the entries are tiny: c_2 = 1/100.
NETWORK: Point = (
    ACTIVATION
    | DRAW
    | {
        **{"alpha": Fraction(99, 100), "gamma": Fraction(9, 10), "epsilon": Fraction(1, 5), "xi": HALF, "omega": HALF},
        **{"l": Fraction(1), "m": Fraction(3), "n_l": Fraction(120), "n_{l+1}": Fraction(90), "n_{l+2}": Fraction(7)},
        **{
            "c_1": HALF,
            "c_2": Fraction(1, 100),
            "||x||": Fraction(1),
            "||W_l||": HALF,
            "||W_l||_inf": Fraction(1, 2000),
        },
        **{"E||Phi - Phi-hat||^2": Fraction(1, 100), "L(Phi)": Fraction(1, 4), "L(Phi-hat)": Fraction(1, 4)},
        **{"||W-hat_l||_0 / (n_l n_{l+1})": HALF, "#{W-hat_l not in K} / (n_l n_{l+1})": Fraction(1, 200)},
        **{"[W-hat_l]_ij": Fraction(0), "j": Fraction(0), "E||y - E[y|x]||^2": Fraction(1, 4)},
    }
)
# Pruning in blocks: tiny block norms, and more than 1/(1 - alpha) blocks.
STRUCTURED_BLOCK: Point = BLOCK | {
    **{"n_1": Fraction(12), "n_2": Fraction(9), "n_3": Fraction(3), "n_0": Fraction(3), "alpha": Fraction(2, 3)},
    **{"Pi^kappa(W_1 D)": TENTH, "Pi^kappa(D W_1)": TENTH},
    **{"#{nonzero block columns of W_1 D}": Fraction(3), "#{nonzero block rows of D W_1}": Fraction(2)},
}
STRUCTURED_NETWORK: Point = NETWORK | {
    **{"k": Fraction(1), "n_l": Fraction(120), "n_{l+1}": Fraction(110), "n_{l+2}": Fraction(7)},
    **{"c_2": Fraction(1, 10**4), "||W_l||_inf": Fraction(1, 10**6)},
    **{"#{nonzero block columns of W-hat_l} / #{block columns}": HALF},
    **{"#{nonzero block rows of W-hat_l} / #{block rows}": HALF},
}
_OWN: dict[str, Point] = {
    "definition-1": {"x_i": HALF, "y_i": Fraction(1), "z": Fraction(2), "1{i in S}": Fraction(1), "n": Fraction(1)},
    "lemma-8": {"M": Fraction(2), "k": Fraction(3), "w": Fraction(-4, 5)},
    "lemma-9": {
        **{"n": Fraction(2), "kappa": Fraction(5), "Norm(u)": Fraction(5)},
        **{"Norm(u - v)": Fraction(1), "Norm(u - Projection(v, kappa))": HALF},
    },
    "lemma-10": {
        **{"|S|": Fraction(4), "|S(eta)|": Fraction(3), "mu": Fraction(1), "mean a": Fraction(1)},
        **{"min a": Fraction(0), "eta": Fraction(3, 2)},
    },
    "lemma-11": {
        **{"n": Fraction(1), "u": HALF, "v": HALF, "a_0": Fraction(1), "a_k": Fraction(1)},
        **{"|a_k - a_{k+1}|": Fraction(1)},
    },
    "lemma-12": DRAW
    | {
        **{"n": Fraction(9), "n_0": Fraction(9), "E f_n(b_n)": Fraction(1), "f_n(b)": Fraction(1)},
        **{"||b||_0": Fraction(4)},
    },
    "lemma-13": {
        **{"r": Fraction(3), "u": Fraction(2), "v": Fraction(3), "u'": Fraction(1), "v'": Fraction(3)},
        **{"a": Fraction(2), "b": Fraction(3), "phi(u, v)": Fraction(6), "U_{a,b}": HALF, "Z_{o,u,v}": HALF},
        **{"[C(U)]_{phi(u,v),phi(u',v')}": HALF, "[W(K) x]_{o,phi(u,v)}": HALF},
    },
    "lemma-14": {"||C(U)||": Fraction(2), "||U||_inf": Fraction(1), "||U||_0": Fraction(4)},
    "lemma-15": BLOCK
    | {
        **{"eta": Fraction(2), "tau": Fraction(1), "|S_1|": Fraction(6), "|C|": Fraction(3)},
        **{"E_T Psi(Z, W_2)": HALF, "E|d^2 Psi(Z)/dt^2|": HALF, "E|d^2 Psi(Z, W_2)/dt^2|": HALF},
        **{"|t_ij - [W_1]_ij|": HALF},
    },
    "lemma-16": STRUCTURED_BLOCK
    | {
        **{"eta": Fraction(2), "tau": Fraction(1), "|S_1|": Fraction(4), "|C|": Fraction(2), "|1 - t_l|": HALF},
        **{"E Psi(U_1, W_2)": HALF, "E|d^2 Psi(U_1 G(t))/dt^2|": HALF, "E|d^2 Psi(G(t) U_1, W_2)/dt^2|": HALF},
    },
    "lemma-17": ACTIVATION
    | {
        **{"||x||": Fraction(1), "sigma": HALF, "max ||W_l||": HALF, "sigma_1": HALF, "l": Fraction(2), "xi": HALF},
        **{"epsilon_1": Fraction(0), "epsilon_2": TENTH, "epsilon_3": TENTH, "epsilon_4": TENTH},
        **{"E||x - x'||^2": TENTH, "E||z^{l-1} - [zhat^{l-1}]||^2": TENTH},
        **{"E||z^l - [zhat^l]||^2": Fraction(1, 100), "E||z^{l+1} - [zhat^{l+1}]||^2": Fraction(1, 1000)},
        **{"l'": Fraction(3), "E||z^{l'} - [zhat^{l'}]||^2": Fraction(1, 1000)},
    },
    "proposition-24": STRUCTURED_BLOCK,
    "proposition-25": STRUCTURED_BLOCK,
    "proposition-26": STRUCTURED_NETWORK
    | {
        **{"k": Fraction(2), "n_l": Fraction(240), "n_{l+1}": Fraction(220), "n_{l+2}": Fraction(14), "sigma": HALF},
        **{"max ||W_l||": HALF, "nu_l": Fraction(1, 10**5), "nu_{l+1}": Fraction(1, 10**5)},
    },
    "theorem-6": STRUCTURED_NETWORK,
    "theorem-7": STRUCTURED_NETWORK
    | {
        **{"d_l": Fraction(120), "d_{l+1}": Fraction(110), "d_{l+2}": Fraction(7), "q": Fraction(3), "r": Fraction(4)},
        **{"c_2": Fraction(1, 10**5), "||W_l||_inf": Fraction(1, 10**7)},
    },
}
_NETWORKS = ("assumption-7", "assumption-8", "assumption-9", "assumption-10", "assumption-11", "assumption-12",
             "theorem-2", "theorem-3", "corollary-5")  # fmt: skip
_BLOCKS = tuple(f"proposition-{number}" for number in range(18, 24))
INSTANCES: dict[str, Point] = dict.fromkeys(_NETWORKS, NETWORK) | dict.fromkeys(_BLOCKS, BLOCK) | _OWN
