"""Every witness of the full audit again, in hand-typed fractions and by formulas typed from the printed texts.

Nothing of boundcheck computes here but the fixture that supplies the witnesses. A refuted step without a check of its
own fails the test, and so does a check without a refuted step.
"""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

import pytest

from boundcheck.audit.ledger import Ledger
from boundcheck.core.step import Status

pytestmark = pytest.mark.xdist_group("audit")
ONE, HALF = Fraction(1), Fraction(1, 2)
Witness = dict[str, Fraction]


def room(w: Witness) -> Fraction:
    """p (1 - alpha) delta / (alpha (1 - p))."""
    return w["p"] * (1 - w["alpha"]) * w["delta"] / (w["alpha"] * (1 - w["p"]))


def factor(w: Witness) -> Fraction:
    """alpha (1 - p) / (p (1 - alpha))."""
    return w["alpha"] * (1 - w["p"]) / (w["p"] * (1 - w["alpha"]))


def no_layer_behind(w: Witness) -> bool:
    layer = w["b"] if "b" in w else w["l_B"]
    return 1 <= layer <= w["m"] < layer + 1


def justification_103(w: Witness) -> bool:
    squared = w["||W_l||_inf"] ** 2
    given = squared <= w["c_2"] ** 2 / max(w["n_l"], w["n_{l+1}"])
    return given and squared > w["c_2"] ** 2 / max(w["n_{l+1}"], w["n_{l+2}"])


def processed(w: Witness) -> Fraction:
    entries = int(w["n_l"] * w["n_{l+1}"])
    assert w["alpha"] == Fraction(99, 100)
    return Fraction(floor(w["alpha"] * entries), entries)


def kept_16(w: Witness) -> bool:
    share = processed(w)
    return 1 - share + share * Fraction(101, 100) * w["p"] > Fraction(1, 100) + Fraction(101, 100) * w["p"]


def unquantized_22(w: Witness) -> bool:
    return 1 - processed(w) > Fraction(1, 100)


def projection_inside(w: Witness) -> bool:
    """x = 1, W_l = (a, b)^T of norm <= 1, pruned with p = 1/2 to (2a, 0)^T and projected to (t, 0), t = min(2a, 1)."""
    a, b, t, v, v_2 = (w[name] for name in ("a", "b", "t", "w", "w'"))
    assert a > 0 and a**2 + b**2 <= 1 and v**2 + v_2**2 <= 1 and t == min(2 * a, ONE)
    dense, projected, free = v * a + v_2 * b, v * t, v * 2 * a
    return (dense - projected) ** 2 > (dense - free) ** 2


def slack_theorem_2(w: Witness) -> bool:
    xi, f, delta = w["xi"], w["f"], w["delta"]
    assert f > 0 and 0 < xi < 1
    assert w["epsilon_1"] == xi / 2 and w["epsilon_2"] == 2 * delta * (1 + xi / 2)
    assert w["epsilon_3"] == xi / 2 + (1 + xi / 2) * f and w["epsilon_4"] == (1 + xi / 2) * 5 * f
    return xi < 2 * w["epsilon_3"]


def width_20(w: Witness) -> bool:
    """(20), squared so that it is rational."""
    alpha, c_1, c_2, k = w["alpha"], w["c_1"], w["c_2"], w["k"]
    limit = (1 - alpha) * k**2 * w["delta"] / alpha
    limit /= c_1 ** int(w["l"]) * c_2**2 * max(ONE, c_1**4) * max(ONE, c_2**2 / k)
    return 1 / w["n_{l+1}"] <= limit**2


def input_summand(w: Witness) -> bool:
    c_1, layer = w["c_1"], int(w["l"])
    summand = w["alpha"] / (w["k"] ** 2 * (1 - w["alpha"])) * 2 * w["c_2"] ** 2 * c_1 ** (3 * layer - 2)
    return width_20(w) and summand**2 / w["n_{l+1}"] > (2 * w["delta"] * c_1 ** (2 * (layer + 1))) ** 2


def draw_summand(w: Witness) -> bool:
    c_1, layer, k = w["c_1"], int(w["l"]), w["k"]
    summand = w["alpha"] / (k**2 * (1 - w["alpha"])) * 4 * w["c_2"] ** 4 * c_1 ** (3 * layer - 2) / k
    return width_20(w) and summand**2 / w["n_{l+1}"] > (4 * w["delta"] * c_1 ** (2 * (layer + 1))) ** 2


def values_in_k(w: Witness) -> bool:
    """A multiple j of nu/k, nu within (11), that is not j c_2 / (k sqrt(max(n_l, n_{l+1})))."""
    nu, width, j, k = w["||W_l||_inf"], max(w["n_l"], w["n_{l+1}"]), w["j"], w["k"]
    assert nu**2 <= w["c_2"] ** 2 / width and 1 <= j <= k and abs(w["[W-hat_l]_ij"]) == j * nu / k
    return w["[W-hat_l]_ij"] ** 2 != (j * w["c_2"] / k) ** 2 / width


def wide_125(w: Witness) -> bool:
    """(27), or (34) with c_2 q for c_2: its fraction is upside down."""
    width = "d" if "d_l" in w else "n"
    ratio, c_2 = w[f"{width}_{{l+1}}"] / w[f"{width}_l"], w["c_2"] * w.get("q", ONE)
    given = ratio <= factor(w) * w["delta"] * w["c_1"] ** 2 / c_2**2
    return given and c_2**2 * ratio > room(w) * w["c_1"] ** 2


def lambda_133(w: Witness) -> bool:
    """(28), or (35): (1 - p)^2 stands above and below, where (1 - alpha)^2 should be above."""
    width = "d" if "d_{l+1}" in w else "n"
    layer, ratio, c_1 = int(w["l"]), w[f"{width}_{{l+2}}"] / w[f"{width}_{{l+1}}"], w["c_1"]
    c_2 = w["c_2"] * w.get("q", ONE)
    first = (w["p"] * w["delta"] / w["alpha"]) ** 2 * min(ONE, c_1**8) / (c_1 ** (2 * (layer + 1)) * c_2**2)
    given = ratio <= min(first, room(w) * c_1**2 / c_2**2)
    return given and (2 * factor(w) * c_1 ** (layer + 1) * c_2) ** 2 * ratio > (2 * w["delta"]) ** 2


def too_few_columns(w: Witness) -> bool:
    width = "d" if "d_l" in w else "n"
    return max(w[f"{width}_l"], w[f"{width}_{{l+1}}"]) >= w["n_0"] > w[f"{width}_l"]


def too_few_rows(w: Witness) -> bool:
    width = "d" if "d_l" in w else "n"
    return max(w[f"{width}_l"], w[f"{width}_{{l+1}}"]) >= w["n_0"] > w[f"{width}_{{l+1}}"]


def hadamard(w: Witness) -> bool:
    """W = H/sqrt(n), c_1 = c_2 = 1, alpha = 0.99, ratio one: (27) holds, and zero columns cost 1 - 1.01 p at least."""
    p, delta, xi, alpha = w["p'"], w["delta(xi)"], w["xi"], Fraction(99, 100)
    given = alpha * (1 - p) * delta / (p * (1 - alpha)) >= 1
    return given and 0 < p < 1 and 0 < xi < 1 and 1 - Fraction(101, 100) * p > (1 + xi) * xi


def second_layer(w: Witness) -> bool:
    return w["sigma_2"] == 0  # Lemma 15 divides by it


def value_zero(w: Witness) -> bool:
    """q(w; nu, k) for 0 < |w| < nu/k takes its lower value, (l_w - 1) nu/k = 0, with positive probability."""
    size, nu, k = abs(w["[W_1]_ij"]), w["nu_1"], w["k"]
    level = max(1, ceil(k * size / nu))
    assert 0 < size <= nu and level == w["l_w"] and w["b"] == 0
    return level - k * size / nu > 0 and level - 1 == w["j"] < 1


def zero_weights(w: Witness) -> bool:
    """A weight of zero is drawn as zero: with tau_0 = 1 its mean square is 1, above (1 - p)/p for p > 1/2."""
    p = w["p"]
    return w["P(h_ij = 0)"] == 1 and 0 < p < 1 and 1**2 * w["P(h_ij = 0)"] > (1 - p) / p


def score_of_the_algorithm(w: Witness) -> bool:
    """phi(z) = z / (2 (1 + z^2)), W_1 = (1, 1)^T, W_2 = (1, 1), x = 1, draws 0 or 2: the second score, by the first."""

    def phi(z: Fraction) -> Fraction:
        return z / (2 * (1 + z**2))

    def psi(first: Fraction, second: Fraction) -> Fraction:
        return (2 * phi(ONE) - phi(first) - phi(second)) ** 2

    def score(first: Fraction) -> Fraction:
        return (psi(first, Fraction(0)) + psi(first, Fraction(2))) / 2 - psi(first, ONE)

    scores = {first: score(first) for first in (Fraction(0), Fraction(2))}
    assert scores == {0: Fraction(43, 400), 2: Fraction(19, 400)}
    return scores[w["h_1"]] != sum(scores.values()) / 2 == Fraction(31, 400)


def constant_network(w: Witness) -> bool:
    """W = 0, phi = 10 everywhere: the dense output is 10, the projected one at most 1, so the error is at least 81."""
    assert (10 - 1) ** 2 == 81 <= w["d"]
    return w["d"] > (1 + w["xi"]) * w["xi"]


def first_bound_126(w: Witness) -> bool:
    """(126) as printed for y = nu_{l+1} sqrt(n_{l+2}/k), kappa = kappa_{l-1} = sigma^{l-1}, g = factor."""
    y, sigma, kappa = w["y"], w["sigma"], w["kappa_{l-1}"]
    assert w["g"] == factor(w)
    first = (w["p"] * w["delta"] / w["alpha"]) ** 2 * min(ONE, sigma**8) / (kappa**2 * sigma**4)
    return y**2 <= min(first, w["delta"] * sigma**2 / w["g"])


def lambda_of_blocks(w: Witness) -> bool:
    return first_bound_126(w) and w["g"] * w["kappa_{l-1}"] * w["sigma"] ** 2 * w["y"] > w["delta"]


def root_of_blocks(w: Witness) -> bool:
    product = w["g"] * w["kappa_{l-1}"] * w["sigma"] ** 2 * w["y"]
    return first_bound_126(w) and product > w["delta"] * min(ONE, w["sigma"] ** 4)


def kept_blocks(w: Witness) -> bool:
    count = int(w.get("n_l", w.get("n_{l+1}", ONE)) / w["k"])
    drawn = floor(w["alpha"] * count)
    kept = count - drawn + floor((1 + w["gamma"]) * w["p"] * drawn)
    share = next(value for name, value in w.items() if "/" in name)
    assert (w["alpha"], w["gamma"]) == (Fraction(99, 100), Fraction(1, 100)) and share == Fraction(kept, count)
    return share > Fraction(101, 100) * w["p"]


def slack_of_blocks(w: Witness) -> bool:
    return w["epsilon_3"] > w["xi"] / 2 and w["xi"] < 2 * w["epsilon_3"]


# The sharp bounds without the conditions that they need.


def none_kept(w: Witness) -> bool:
    """t of T entries are kept, scaled by T/t where t > 0: with none kept the draw is zero, not w in the mean."""
    scale = w["T"] / w["t"] if w["t"] > 0 else ONE
    return 0 <= w["t"] <= w["T"] and w["t"] / w["T"] * scale * w["w"] != w["w"]


def zero_stays_zero(w: Witness) -> bool:
    """w/p with probability p is not zero with probability p, unless w is."""
    return 0 < w["p"] <= 1 and w["p"] * (w["w"] / w["p"] != 0) != w["p"]


def columns_together(w: Witness) -> bool:
    """One draw for two columns: the residual moves by (h - 1)(w_1 x_1 + w_2 x_2), whose square is not that of each."""
    r, step = w["r1"], w["h_E"] - 1
    first, second = w["w00"] * w["x1"], w["w01"] * w["x2"]
    printed = r**2 - 2 * step * r * (first + second) + step**2 * (first**2 + second**2)
    return (r - step * (first + second)) ** 2 != printed


def shared_weight(w: Witness) -> bool:
    """Draws 0 and 2 w: two units with one weight between them deviate by the same, w or -w."""
    together = ((w["w"] + w["w"]) ** 2 + (-w["w"] - w["w"]) ** 2) / 2
    return together != w["w"] ** 2 + w["w"] ** 2


def relu(y: Fraction) -> Fraction:
    return max(y, Fraction(0))


def drawn_later(w: Witness) -> bool:
    """Unit 1 at s goes up or down by s; only if it went up, unit 2 at 0 goes up or down by t."""
    s, t = w["s"], w["t"]
    up, down = relu(2 * s) - relu(s), relu(s - s) - relu(s)
    error = ((up + relu(t)) ** 2 + (up + relu(-t)) ** 2) / 4 + down**2 / 2
    bias = (relu(t) + relu(-t)) / 2
    return error > bias**2 / 2 + s**2 + t**2 / 2


def bias_of_relu(w: Witness) -> bool:
    """zeta = 0 or, each with probability 1/4, +-sqrt(2/n_2): sqrt(n_2) E max(zeta, 0) and 1/(2 sqrt(n_2)), squared."""
    return w["n_2"] / 16 * 2 / w["n_2"] > 1 / (4 * w["n_2"])


def leaky(y: Fraction, slope: Fraction) -> Fraction:
    return y if y >= 0 else slope * y


def any_sign(w: Witness) -> bool:
    q, first, second, z, s = (w[name] for name in ("q", "h_1", "h_2", "z", "s"))
    mean_one = q * first + (1 - q) * second == 1
    return mean_one and q * leaky(first * z, s) + (1 - q) * leaky(second * z, s) != leaky(z, s)


def bias_left_alone(w: Witness) -> bool:
    """h = 0 or 2 scales z - beta_0 alone."""
    z, beta, s = w["z"], w["beta_0"], w["s"]
    return (leaky(2 * (z - beta) + beta, s) + leaky(beta, s)) / 2 != leaky(z, s)


def opposite_terms(w: Witness) -> bool:
    """X = c or -c and t = -X: both have mean zero, and E X t = -c^2."""
    c = w["c"]
    return (c * -c + -c * c) / 2 != (c - c) / 2 * ((-c + c) / 2)


def nothing_kept(w: Witness) -> bool:
    """A weight 1, drawn as 1/p with probability p: without a nonzero draw the error is 1, in the mean (1 - p)/p."""
    p = w["p_1"]
    return 0 < p < 1 and p * (1 - 1 / p) ** 2 + (1 - p) < 1


CHECKS: dict[tuple[str, str], Callable[[Witness], bool]] = {
    ("theorem-2", "layer-behind-a-bottleneck"): no_layer_behind,
    ("theorem-2", "justification-of-103"): justification_103,
    ("theorem-2", "kept-fraction"): kept_16,
    ("theorem-2", "projection-inside-a-block"): projection_inside,
    ("theorem-2", "slack-at-a-block"): slack_theorem_2,
    ("theorem-3", "layer-behind-a-bottleneck"): no_layer_behind,
    ("theorem-3", "input-summand"): input_summand,
    ("theorem-3", "draw-summand"): draw_summand,
    ("theorem-3", "unquantized-fraction"): unquantized_22,
    ("theorem-3", "values-in-k"): values_in_k,
    ("theorem-3", "projection-inside-a-block"): projection_inside,
    ("theorem-6", "wide-125"): wide_125,
    ("theorem-6", "lambda-133"): lambda_133,
    ("theorem-6", "draws-columns"): too_few_columns,
    ("theorem-6", "draws-rows"): too_few_rows,
    ("theorem-6", "hadamard-refutes-the-claims"): hadamard,
    ("theorem-7", "wide-125"): wide_125,
    ("theorem-7", "lambda-133"): lambda_133,
    ("theorem-7", "draws-columns"): too_few_columns,
    ("theorem-7", "draws-rows"): too_few_rows,
    ("theorem-7", "hadamard-refutes-the-claims"): hadamard,
    ("lemma-15", "second-layer"): second_layer,
    ("proposition-18", "values"): value_zero,
    ("proposition-21", "values"): value_zero,
    ("proposition-22", "zero-weights"): zero_weights,
    ("proposition-23", "score-of-the-algorithm"): score_of_the_algorithm,
    ("proposition-26", "layer-behind-a-bottleneck"): no_layer_behind,
    ("proposition-26", "projection-inside-a-block"): projection_inside,
    ("proposition-26", "activation-zero-at-zero"): lambda w: w["phi_l(0)"] != 0,
    ("proposition-26", "activation-lipschitz"): lambda w: w["||phi_l||_Lip"] > 1,
    ("proposition-26", "activation-curvature"): lambda w: w["sup|phi_l''|"] > 1,
    ("proposition-26", "block-output"): lambda w: w["n_l"] % w["k"] == 0 != w["n_{l+1}"] % w["k"],
    ("proposition-26", "block-next"): lambda w: w["n_l"] % w["k"] == 0 != w["n_{l+2}"] % w["k"],
    ("proposition-26", "constant-network-claim"): constant_network,
    ("proposition-26", "lambda-133"): lambda_of_blocks,
    ("proposition-26", "root-126"): root_of_blocks,
    ("proposition-26", "kept-columns"): kept_blocks,
    ("proposition-26", "kept-rows"): kept_blocks,
    ("proposition-26", "slack-at-a-block"): slack_of_blocks,
    ("sharp-exact-counts", "mean"): none_kept,
    ("sharp-one-realization", "stays"): zero_stays_zero,
    ("sharp-columns-error", "squared-residual"): columns_together,
    ("sharp-bottleneck-error", "uncorrelated"): shared_weight,
    ("sharp-bottleneck-error", "adaptive-draws"): drawn_later,
    ("sharp-bias-and-width", "width"): bias_of_relu,
    ("sharp-two-valued-unit", "draws-of-any-sign"): any_sign,
    ("sharp-two-valued-unit", "bias-left-alone"): bias_left_alone,
    ("sharp-moments-of-a-sum", "independent-terms"): opposite_terms,
    ("sharp-network", "one-weight-pruned"): nothing_kept,
}
# What refutes a claim, and not only its proof.
CLAIMS = {
    ("theorem-6", "hadamard-refutes-the-claims"),
    ("theorem-7", "hadamard-refutes-the-claims"),
    ("proposition-26", "constant-network-claim"),
    *(key for key in CHECKS if key[0].startswith("sharp-")),
}


def test_every_refuted_step_has_a_check_and_every_check_a_refuted_step(ledger: Ledger) -> None:
    refuted = {(r.id, s.id): s.refutes for r in ledger.statements for s in r.steps if s.status is Status.REFUTED}
    assert set(refuted) == set(CHECKS)
    assert {key for key, refutes in refuted.items() if refutes == "claim"} == CLAIMS


@pytest.mark.parametrize("key", CHECKS, ids=lambda key: "-".join(key))
def test_the_witness_holds_up_by_hand(ledger: Ledger, key: tuple[str, str]) -> None:
    record = next(r for r in ledger.statements if (r.id, r.variant) == (key[0], "printed"))
    step = next(s for s in record.steps if s.id == key[1])
    assert CHECKS[key]({symbol: Fraction(value) for symbol, value in step.witness.items()})


@pytest.mark.parametrize("key", CHECKS, ids=lambda key: "-".join(key))
def test_a_check_can_fail(ledger: Ledger, key: tuple[str, str]) -> None:
    """Some small change of the numbers must be noticed, or the check would not depend on them."""
    record = next(r for r in ledger.statements if (r.id, r.variant) == (key[0], "printed"))
    step = next(s for s in record.steps if s.id == key[1])
    numbers = {symbol: Fraction(value) for symbol, value in step.witness.items()}
    assert any(not _holds(CHECKS[key], numbers | {name: to}) for name in numbers for to in (0, 1, 1000, HALF / 50))


def _holds(check: Callable[[Witness], bool], numbers: dict[str, Fraction]) -> bool:
    try:
        return check({name: Fraction(value) for name, value in numbers.items()})
    except (AssertionError, ArithmeticError, KeyError, StopIteration):
        return False
