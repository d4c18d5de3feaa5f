"""Structured pruning: the corrected conditions give what the proofs use, the printed (27) and (28) do not.

Conditions of Theorems 6 and 7 => those of Proposition 26 => the errors of Propositions 24 and 25 fit e_1, ..., e_4.
"""

import math
import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
import sympy
from flint import arb
from proof_files import proof_module
from statement_formulas import assumption, expanded
from witnesses import witness

import boundcheck.exact.registered  # noqa: F401  (evaluates LeastDraws)
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import ball, less_equal, lower_rational
from boundcheck.exact.evaluate import decide, evaluate, exact_value
from boundcheck.library import library

s, blocks = proof_module("notation"), proof_module("blocks")
network, delta_module = proof_module("proposition_26_structured_network"), proof_module("explicit_delta")
lemma_17, theorem_7 = proof_module("lemma_17_induction_over_layers"), proof_module("theorem_7_convolutional_pruning")
CONDITIONS = ("wide-ratio", "bottleneck-ratio", "bottleneck-product")
HAIR = 1 + Fraction(1, 10**12)
Values = dict[sympy.Symbol, Fraction]


def points(seed: int, count: int) -> Iterator[Values]:
    """Constants of a network and of the draw, a room delta, a layer, a block size and the widths of layers l, l + 1."""
    rng = random.Random(seed)
    for _ in range(count):
        sigma = rng.choice([Fraction(1, 3), Fraction(9, 10), Fraction(1), Fraction(3, 2), Fraction(4)])
        k = rng.choice([1, 4, 9])
        widths = {symbol: Fraction(k * rng.randint(1, 500)) for symbol in (s.n_l, s.n_l1, s.n_l2)}
        yield widths | {
            lemma_17.sigma: sigma,
            s.c_1: sigma,
            s.c_2: rng.choice([Fraction(1, 10), Fraction(1), Fraction(20)]),
            s.alpha: rng.choice([Fraction(1, 2), Fraction(9, 10), Fraction(99, 100)]),
            s.p: rng.choice([Fraction(1, 10), Fraction(3, 10), Fraction(1, 2), Fraction(9, 10)]),
            s.delta: rng.choice([Fraction(1, 1000), Fraction(1, 50), Fraction(1, 5)]),
            s.epsilon: rng.choice([Fraction(1, 100), Fraction(1, 4)]),
            s.layer: Fraction(rng.randint(1, 4)),
            s.k: Fraction(k),
        }


def limit(relation: sympy.core.relational.Relational, values: Values) -> Fraction:
    """The right side of a condition, rounded down."""
    bound = lower_rational(evaluate(relation.rhs, values))
    assert bound is not None and bound > 0
    return bound


def terms(proposition: str, values: dict[sympy.Symbol, object]) -> arb:
    """Right side of a proposition's error claim, as the sum of its terms."""
    variant = library().find(proposition).variant("corrected")
    claim = variant.claim("error")
    return sum((evaluate(variant.expand(term.expression), values) for term in claim.terms), ball(0))  # type: ignore[arg-type]


def block_errors(relations: dict[str, sympy.Basic], values: Values) -> tuple[arb, arb]:
    """(added, factor on the error before) of Proposition 25 where the two conditions of a bottleneck are used up."""
    n_in, n_next, k = values[s.n_l], values[s.n_l2], values[s.k]
    nu_next = (ball(limit(relations["bottleneck-ratio"], values) * k / n_next)).sqrt()
    nu = ball(limit(relations["bottleneck-product"], values) * k) / (nu_next * ball(n_in * n_next).sqrt())
    sigma, layer = values[lemma_17.sigma], int(values[s.layer])
    at = {
        s.n_1: n_in, s.n_2: values[s.n_l1], s.n_3: n_next, s.k: k, s.sigma_1: sigma, s.sigma_2: sigma, s.nu_1: nu,
        s.nu_2: nu_next, s.theta: sigma ** (layer - 1), s.alpha: values[s.alpha], s.p: values[s.p],
        s.epsilon: values[s.epsilon],
    }  # fmt: skip
    added = terms("proposition-25", at | {s.distance: Fraction(0)})
    return added, terms("proposition-25", at | {s.distance: Fraction(1)}) - added


def fits(relations: dict[str, sympy.Basic], values: Values) -> bool:
    """Whether e_3 and e_4 of the proof cover the block."""
    added, factor = block_errors(relations, values)
    sigma, layer = values[lemma_17.sigma], int(values[s.layer])
    e_3, e_4 = (evaluate(delta_module.PROOF_CONSTANTS[e], values) for e in (lemma_17.e_3, lemma_17.e_4))
    covered = (
        less_equal(added, e_4 * ball(sigma ** (2 * (layer + 1)) * HAIR)),
        less_equal(factor, (1 + e_3) * ball(sigma**4 * HAIR)),
    )
    return set(covered) == {Verdict.HOLDS}


def conditions(variant: str) -> dict[str, sympy.Basic]:
    return {name: assumption("proposition-26", name, variant) for name in CONDITIONS}


def test_the_corrected_conditions_cover_the_block() -> None:
    assert all(fits(conditions("corrected"), values) for values in points(seed=1, count=200))


def test_what_a_block_adds_is_what_the_proof_computes() -> None:
    """At sigma = 1 the first bound of (126) is the lesser: (1 + epsilon) e^{2 delta} (4 a delta^2 + 4 delta + 2 delta).

    With a = p (1 - alpha)/(alpha (1 - p)); slope, draw and input in this order, each of which is used up.
    """
    for values in points(seed=5, count=30):
        at = values | {lemma_17.sigma: Fraction(1)}
        a = at[s.p] * (1 - at[s.alpha]) / (at[s.alpha] * (1 - at[s.p]))
        delta = at[s.delta]
        if a * delta > 1:
            continue
        added, factor = block_errors(conditions("corrected"), at)
        exact = (1 + at[s.epsilon]) * (4 * a * delta**2 + 4 * delta + 2 * delta)
        assert close(added, ball(exact) * ball(2 * delta).exp())
        assert close(factor, ball(1 + at[s.epsilon]) * (1 + ball(2 * delta) * ball(2 * delta).exp()))


def close(first: arb, second: arb) -> bool:
    """Proved to agree up to a relative 1e-12."""
    return {less_equal(first, second * ball(HAIR)), less_equal(second, first * ball(HAIR))} == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("name", "part", "instead"),
    [
        ("bottleneck-ratio", sympy.Min(1, lemma_17.sigma**8), sympy.Integer(1)),
        ("bottleneck-ratio", network.ROOM * lemma_17.sigma**2, sympy.oo),
        ("bottleneck-product", sympy.Max(1, (1 - s.p) / s.p), sympy.Integer(1)),
    ],
    ids=["min(1, sigma^8)", "second bound of (126)", "tau"],
)
def test_no_part_of_a_condition_can_be_left_out(name: str, part: sympy.Expr, instead: sympy.Expr) -> None:
    relations = conditions("corrected")
    weaker = relations | {name: sympy.Le(relations[name].lhs, relations[name].rhs.subs(part, instead))}
    assert weaker[name] != relations[name]
    extreme = [  # sigma so small that sigma^{2l + 4} is below delta, or p small, or the usual points
        values | {lemma_17.sigma: sigma, s.p: p, s.delta: delta, s.layer: layer}
        for values in points(seed=3, count=3)
        for sigma in (Fraction(1, 3), Fraction(1), Fraction(4))
        for p in (Fraction(1, 100), Fraction(99, 100))
        for delta in (Fraction(1, 1000), Fraction(1, 5))
        for layer in (Fraction(1), Fraction(4))
    ]
    assert all(fits(relations, values) for values in extreme)
    assert not all(fits(weaker, values) for values in extreme)


def test_printed_126_lets_lambda_be_seven_fifths() -> None:
    """p = 3/10, alpha = 99/100, delta = 1/100, sigma = 1, l = 1: (133) claims Lambda <= 2 delta = 1/50, it is 7/5."""
    values: Values = {
        **{s.p: Fraction(3, 10), s.alpha: Fraction(99, 100), s.delta: Fraction(1, 100), s.layer: Fraction(1)},
        **{lemma_17.sigma: Fraction(1), s.k: Fraction(1), s.epsilon: Fraction(1, 4)},
        **{s.n_l: Fraction(100), s.n_l1: Fraction(100), s.n_l2: Fraction(1)},
    }
    printed, corrected = conditions("printed"), conditions("corrected")
    nu_next = Fraction(1, 330)
    at = values | {network.block_norm_next: nu_next}
    assert exact_value(printed["bottleneck-ratio"].rhs, values) == nu_next**2
    assert decide(printed["bottleneck-ratio"], at) is Verdict.HOLDS
    assert decide(corrected["bottleneck-ratio"], at) is Verdict.FAILS
    definition = proof_module("proposition_25_two_layers_structured").LAMBDA
    draw = {s.alpha: values[s.alpha], s.p: values[s.p], s.theta: Fraction(1), s.k: Fraction(1)}
    block = {s.sigma_1: Fraction(1), s.nu_2: nu_next, s.n_3: Fraction(1)}
    assert exact_value(definition, draw | block) == Fraction(7, 5)
    assert not fits(printed, values) and fits(corrected, values)


def test_the_wide_condition_covers_the_layer() -> None:
    """e_2 = 2 (1 + epsilon) delta is attained; the proof's 4 delta is above it."""
    relation = assumption("proposition-26", "wide-ratio", "corrected")
    for values in points(seed=2, count=100):
        sigma, layer = values[lemma_17.sigma], int(values[s.layer])
        nu = ball(limit(relation, values) * values[s.k] / values[s.n_l1]).sqrt()
        at = {
            s.n_2: values[s.n_l1], s.k: values[s.k], s.nu_1: nu, s.theta: sigma ** (layer - 1), s.sigma_1: sigma,
            s.alpha: values[s.alpha], s.p: values[s.p], s.epsilon: values[s.epsilon],
        }  # fmt: skip
        added = terms("proposition-24", at | {s.distance: Fraction(0)})
        e_2 = exact_value(delta_module.PROOF_CONSTANTS[lemma_17.e_2], values)
        assert isinstance(e_2, Fraction) and e_2 <= 4 * values[s.delta]
        room = e_2 * sigma ** (2 * layer)
        assert less_equal(added, room * HAIR) is Verdict.HOLDS and less_equal(room, ball(HAIR) * added) is Verdict.HOLDS


def inner_width(relation: sympy.core.relational.Relational, values: Values, names: tuple[sympy.Symbol, ...]) -> Values:
    """The least inner width that meets (28) or (29), which are both decreasing in it."""
    n_out = names[1]
    left = exact_value(relation.lhs.subs(n_out, 1) ** 2, values)
    assert isinstance(left, Fraction)
    least = math.isqrt(math.floor(left / limit(relation, values) ** 2)) + 1
    return values | {n_out: Fraction(least)}


@pytest.mark.parametrize("statement", ["theorem-6", "theorem-7"])
def test_the_theorems_conditions_give_those_of_proposition_26(statement: str) -> None:
    """nu_l <= c_2 / sqrt(max n), and c_2 q / sqrt(max d) for the block of a kernel: Lemma 14 on (33)."""
    relations = {name: assumption(statement, name, "corrected") for name in CONDITIONS}
    needed = conditions("corrected")
    names = (s.n_l, s.n_l1, s.n_l2) if statement == "theorem-6" else theorem_7.CHANNELS
    wide_verdicts = set()
    for values in points(seed=4, count=100):
        q, k = (Fraction(1), Fraction(1)) if statement == "theorem-6" else (Fraction(3), Fraction(16))
        values = values | {theorem_7.q: q} | dict(zip(names, (values[n] for n in (s.n_l, s.n_l1, s.n_l2)), strict=True))

        def norms(widths: Values, q: Fraction = q) -> dict[sympy.Symbol, object]:
            in_, out, next_ = (widths[name] for name in names)
            top = ball(widths[s.c_2] * q)
            return {
                network.block_norm: top / ball(max(in_, out)).sqrt(),
                network.block_norm_next: top / ball(max(out, next_)).sqrt(),
            }

        def dense(widths: Values, k: Fraction = k) -> Values:
            return widths | {n: widths[d] * k for n, d in zip((s.n_l, s.n_l1, s.n_l2), names, strict=True)} | {s.k: k}

        for name in ("bottleneck-ratio", "bottleneck-product"):
            inner = inner_width(relations[name], values, names)
            assert decide(relations[name], inner) is not Verdict.FAILS
            assert decide(needed[name], dense(inner) | norms(inner)) is not Verdict.FAILS, name  # type: ignore[operator]
        wide = values | {names[0]: Fraction(math.ceil(values[names[1]] / limit(relations["wide-ratio"], values)))}
        assert decide(relations["wide-ratio"], wide) is not Verdict.FAILS
        wide_verdicts.add(decide(needed["wide-ratio"], dense(wide) | norms(wide)))  # type: ignore[operator]
    assert Verdict.HOLDS in wide_verdicts and Verdict.FAILS not in wide_verdicts


def test_printed_27_is_the_inverse_of_what_125_asks() -> None:
    """At p = 3/10, alpha = 99/100 the factor is 231 in place of 1/231."""
    draw = {s.p: Fraction(3, 10), s.alpha: Fraction(99, 100), s.delta: Fraction(1), s.c_1: Fraction(1)}
    printed, corrected = (assumption("theorem-6", "wide-ratio", v).rhs for v in ("printed", "corrected"))
    at = {**draw, s.c_2: Fraction(1)}
    assert exact_value(printed, at) == 231 and exact_value(corrected, at) == Fraction(1, 231)


def test_the_larger_width_of_theorem_6_can_be_the_one_that_is_not_drawn() -> None:
    """One column, 2^18 rows, entries 1/2^30: printed assumptions on widths hold, but no alpha leaves a column over."""
    theorem = library().find("theorem-6")
    point = witness(theorem) | {
        **{"n_l": Fraction(1), "n_{l+1}": Fraction(2**18), "c_2": Fraction(1, 2**30), "gamma": Fraction(1, 100)}
    }
    printed, corrected = (expanded(theorem.variant(name)) for name in ("printed", "corrected"))
    for relations, name, verdict in [
        (printed, "draws", Verdict.HOLDS),
        (corrected, "wide-ratio", Verdict.HOLDS),
        (corrected, "alpha-above-columns", Verdict.FAILS),
    ]:
        relation = relations[f"assumption {name}"]
        assert decide(relation, {symbol: point[symbol.name] for symbol in relation.free_symbols}) is verdict


HADAMARD = ((1, 1, 1, 1), (1, -1, 1, -1), (1, 1, -1, -1), (1, -1, -1, 1))


def least_error_without(columns: int, n: int) -> Fraction:
    """E||W x - W-hat x||^2 for x uniform on the unit vectors and W of columns of norm one: zero columns miss it all."""
    return Fraction(columns, n)


@pytest.mark.parametrize("delta", [Fraction(1, 10), Fraction(1, 1000), Fraction(1, 10**9)])
def test_printed_theorems_6_and_7_are_refuted_by_hadamard_matrices_whatever_delta_is(delta: Fraction) -> None:
    """One wide linear layer, W = H/sqrt(n), c_1 = c_2 = 1, alpha = 99/100: (27) is met for small p, the claim fails."""
    for row, other in [(a, b) for a in HADAMARD for b in HADAMARD]:
        assert sum(x * y for x, y in zip(row, other, strict=True)) == (4 if row is other else 0)  # so ||W|| = 1
    p, alpha, xi = min(Fraction(1, 10), 99 * delta / (1 + 99 * delta)), Fraction(99, 100), Fraction(1, 2)
    equal = dict.fromkeys((s.n_l, s.n_l1, theorem_7.d_l, theorem_7.d_l1), Fraction(4))
    at = {s.p: p, s.alpha: alpha, s.delta: delta, s.c_1: Fraction(1), s.c_2: Fraction(1), theorem_7.q: 1} | equal
    for statement in ("theorem-6", "theorem-7"):  # 1 x 1 kernels on 1 x 1 maps are a dense layer
        assert decide(assumption(statement, "wide-ratio"), at) is Verdict.HOLDS
        assert decide(assumption(statement, "wide-ratio", "corrected"), at) is Verdict.FAILS
    assert least_error_without(columns=math.ceil(10**6 * (1 - Fraction(101, 100) * p)), n=10**6) > (1 + xi) * xi


def test_printed_theorem_6_is_refuted_at_its_own_delta_and_n_0() -> None:
    """All its assumptions hold at n = 2^18, p = 1/10, xi = 1/2, and no 1.01 p of the columns have error (1 + xi) xi."""
    theorem = library().find("theorem-6")
    n, root = 2**18, 2**9
    point = witness(theorem) | {
        **{"c_1": Fraction(1), "c_2": Fraction(1), "||W_l||": Fraction(1), "||W_l||_inf": Fraction(1, root)},
        **{"n_l": Fraction(n), "n_{l+1}": Fraction(n), "m": Fraction(1), "p": Fraction(1, 10), "xi": Fraction(1, 2)},
        **{"gamma": Fraction(1, 100), "alpha": Fraction(99, 100)},
    }
    bottleneck = {"assumption bottleneck-ratio", "assumption bottleneck-product"}  # B is empty
    for part, relation in expanded(theorem.variant("printed")).items():
        if part.startswith("assumption") and part not in bottleneck:
            values = {symbol: point[symbol.name] for symbol in relation.free_symbols}
            assert decide(relation, values) is Verdict.HOLDS, part
    kept = exact_value(theorem.variant("printed").claim("kept-columns").relation.rhs, {s.p: point["p"]})
    claimed = exact_value(theorem.variant("printed").claim("error").relation.rhs, {
        s.c_1: Fraction(1), s.depth: Fraction(1), s.xi: point["xi"]
    })  # fmt: skip
    assert isinstance(kept, Fraction) and isinstance(claimed, Fraction)
    assert least_error_without(columns=n - math.floor(kept * n), n=n) > claimed


def test_the_proof_keeps_more_than_1_01_p() -> None:
    """alpha = 99/100, gamma = 1/100: 1000 blocks at p = 3/10 leave 10 unprocessed and 299 drawn; 1.01 p is 303."""
    draw = {s.alpha: Fraction(99, 100), s.gamma: Fraction(1, 100), s.p: Fraction(3, 10), s.n_l: Fraction(1000)}
    assert exact_value(blocks.kept_blocks(s.n_l), draw) == 309 > Fraction(101, 100) * draw[s.p] * 1000


def test_the_proof_leaves_more_than_a_hundredth_unprocessed() -> None:
    """(129) has 0.01 for the unprocessed blocks: of 101 blocks floor(99.99) = 99 are processed, so 2/101 are left."""
    processed = exact_value(s.draws(s.n_l), {s.alpha: Fraction(99, 100), s.n_l: Fraction(101)})
    assert processed == 99 and Fraction(101 - 99, 101) > Fraction(1, 100)
