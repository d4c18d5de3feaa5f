"""What every statement of every paper promises: complete variables, honest variants, terms that add up, witnesses."""

import dataclasses
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from flint import arb
from statement_formulas import expanded, formulas
from sympy.core.relational import Relational
from witnesses import corners, random_points, values, witness

import boundcheck.exact.registered  # noqa: F401  (evaluates BinomialCdf and LeastDraws)
from boundcheck.core.statement import Assumption, Kind, Statement, Variant
from boundcheck.core.verdict import Verdict
from boundcheck.exact.evaluate import decide, evaluate
from boundcheck.library import library

STATEMENTS = {statement.id: statement for statement in library().statements()}
VARIANTS = [(statement, name) for statement in STATEMENTS.values() for name in statement.variants]
every_statement = pytest.mark.parametrize("statement", STATEMENTS.values(), ids=list(STATEMENTS))
every_variant = pytest.mark.parametrize(("statement", "name"), VARIANTS, ids=[f"{s.id}-{name}" for s, name in VARIANTS])

# Statements of networks that are pruned in blocks: n_0 gives way to the layers' own number of drawn blocks.
DRAWN_BLOCKS = {
    *{
        f"+ assumption {name}-{blocks}"
        for name in ("alpha-above", "alpha-below", "tail")
        for blocks in ("columns", "rows")
    },
    *{"claim kept-columns", "claim kept-rows", "definition delta", "- definition n_0"},
}
# Where the corrected variant's formulas differ from the printed ones ("+" only there, "-" only in print).
DIFFERENCES = {
    "theorem-2": {
        *{"- assumption draws", "+ assumption alpha-above", "+ assumption alpha-below", "+ assumption tail"},
        *{"- assumption alpha-close", "claim kept", "definition delta", "- definition n_0"},
    },
    "theorem-3": {
        *{"- assumption draws", "+ assumption alpha-above", "+ assumption alpha-below"},
        *{"- assumption alpha-close", "assumption bottleneck-width", "claim kept", "claim values", "- definition n_0"},
    },
    "lemma-12": {"- assumption draws", "+ assumption tail", "+ definition n_0", "claim heads"},
    "lemma-15": {"- assumption activation-zero-at-zero", "claim two-layers"},
    "lemma-17": {
        *{"- assumption activation-curvature", "- assumption slack"},
        *{"+ assumption wide-step", "+ assumption block-step"},
    },
    "proposition-18": {"claim values"},
    "proposition-19": {"- assumption draws", "+ assumption tail", "claim kept"},
    "proposition-21": {"claim values"},
    "proposition-22": {"- assumption draws", "+ assumption tail", "claim kept"},
    "proposition-23": {"+ assumption largest-deviation", "- definition tau"},
    "lemma-16": {"- assumption activation-zero-at-zero"},
    "proposition-24": {"- assumption draws", "+ assumption tail", "claim kept"},
    "proposition-25": {"- assumption draws", "+ assumption tail", "claim kept"},
    "proposition-26": {
        *{"- assumption draws-columns", "- assumption draws-rows", *DRAWN_BLOCKS},
        *{f"+ assumption activation-{name}" for name in ("zero-at-zero", "lipschitz", "curvature")},
        *{"+ assumption block-next", "+ assumption block-output", "assumption bottleneck-ratio"},
    },
    "theorem-6": {"- assumption draws", *DRAWN_BLOCKS, "assumption wide-ratio", "assumption bottleneck-ratio"},
    "theorem-7": {"- assumption draws", *DRAWN_BLOCKS, "assumption wide-ratio", "assumption bottleneck-ratio"},
}
DIFFERENCES |= {
    "sharp-columns-error": {"claim error"},
    "sharp-one-realization": {"+ assumption weight-not-zero"},
    "sharp-exact-counts": {
        *{"+ assumption some-kept", "+ assumption two-entries"},
        *{f"+ claim {name}" for name in ("multiplier-variance", "covariance", "variance", "bound")},
    },
}
DIFFERENCES |= {
    "sharp-bias-and-width": {"claim width"},
    "sharp-bottleneck-error": {"+ assumption independent-rows"},
    "sharp-moments-of-a-sum": {"+ assumption independent"},
    "sharp-two-valued-unit": {"+ assumption not-negative", "+ assumption bias-scaled"},
    "sharp-network": {"- assumption means", "assumption bounds"},
}
# It takes over the theorem's assumptions.
DIFFERENCES["corollary-5"] = {part for part in DIFFERENCES["theorem-2"] if not part.startswith("claim")}
# Corrections of what no formula says: which layer sets are meant, which network, and what is not random.
STRUCTURAL = {
    "B is a subset of [m - 1]",
    "no projection behind the layers of B",
    "no projection between the two layers of a block",
    "W_1 and W_2 are fixed (or sigma_i, nu_i bound them almost surely)",
    "W_1 and W_2 are fixed (or sigma_i, nu_i bound them almost surely), and S_1 is not empty",
    "delta is the explicit delta(xi, 0)",  # the printed variant, which only says that delta exists, is shown at it too
}
# Ends of domains that decide a corner case: (symbol, number, whether it belongs to the domain).
CORNERS = [
    *[(name, end, False) for name in ("p", "alpha", "gamma", "epsilon", "xi") for end in (0, 1)],
    *[(name, 1, True) for name in ("k", "n", "n_1", "n_2", "n_3", "n_l", "n_{l+1}", "n_{l+2}", "|S|", "|S_1|", "m")],
    *[(name, 0, False) for name in ("k", "n", "n_1", "n_2", "n_3", "n_l", "|S|", "|S_1|", "m", "M", "c_1")],
    *[(name, 0, True) for name in ("nu_1", "nu_2", "sigma_1", "sigma_2", "w", "||W_l||", "||W_l||_inf", "mu")],
    *[(name, 1, True) for name in ("eta", "c_1", "sigma")],
    ("c_1", Fraction(1, 2), True),
    ("eta", Fraction(99, 100), False),
]
# Of the sharp bounds: everything may be processed and kept, and nothing may be in excess.
SHARP_CORNERS = [
    *[(name, 0, False) for name in ("p", "alpha", "n_1", "n_2", "n_3")],
    *[(name, 1, True) for name in ("p", "alpha", "gamma", "epsilon", "n_1", "n_2", "n_3", "T", "t")],
    *[(name, 0, True) for name in ("gamma", "epsilon", "theta", "sigma_1", "nu_1", "L", "M", "w", "t")],
]


def undeclared(statement: Statement) -> set[str]:
    """Symbols that formulas use but neither the variables nor the definitions of all its variants explain."""
    declared = {variable.symbol for variable in statement.variables}
    for variant in statement.variants.values():
        declared |= set(variant.definitions)
    return {str(s) for _, formula in formulas(statement) for s in formula.free_symbols - declared}


def differences(printed: Variant, corrected: Variant) -> set[str]:
    """What distinguishes two variants, formula by formula."""

    def parts(variant: Variant) -> dict[str, sympy.Basic]:
        found = {f"assumption {a.id}": a.relation for a in variant.assumptions}
        found |= {f"claim {c.id}": c.relation for c in variant.claims}
        return found | {f"definition {symbol}": formula for symbol, formula in variant.definitions.items()}

    before, after = parts(printed), parts(corrected)
    changed = {part for part in before.keys() & after.keys() if before[part] != after[part]}
    return changed | {f"- {p}" for p in before.keys() - after.keys()} | {f"+ {p}" for p in after.keys() - before.keys()}


def terms_off(variant: Variant, statement: Statement) -> list[str]:
    """Claims whose terms do not add up to the right side, at some of ten random points."""
    wrong = []
    for claim in (claim for claim in variant.claims if claim.terms):
        finite = 0
        rest = variant.expand(claim.relation.rhs - sympy.Add(*(term.expression for term in claim.terms)))
        scale = variant.expand(claim.relation.rhs)
        for point in random_points(statement, 10):
            gap, size = evaluate(rest, values(rest, point)), evaluate(scale, values(scale, point))
            if size.is_nan():  # outside of what the statement assumes, such as a row of one entry with n_1/(n_1 - 1)
                continue
            finite += 1
            if not abs(gap) <= abs(size) * arb(10) ** -20:
                wrong.append(f"{claim.id} at {point}")
        if finite < 5:
            wrong.append(f"{claim.id} is evaluated at {finite} points only")
    return wrong


def module_path(statement: Statement) -> Path:
    """The file that defines a statement."""
    for name, module in list(sys.modules.items()):
        # by id: the library hands out a copy of a statement whose proof another file holds
        if (
            name.startswith("boundcheck_proofs_")
            and getattr(getattr(module, "STATEMENT", None), "id", "") == statement.id
        ):
            return Path(module.__file__ or "")
    raise AssertionError(f"{statement.id} is defined in no loaded file")


@every_statement
def test_the_file_is_named_after_the_id(statement: Statement) -> None:
    if statement.id.startswith("sharp-"):  # this project's own theory: no page is printed, so pages give the order
        assert module_path(statement).stem == statement.id.removeprefix("sharp-").replace("-", "_")
        return
    assert statement.kind in Kind and statement.id.startswith(f"{statement.kind.value}-")
    assert module_path(statement).stem.startswith(statement.id.replace("-", "_") + "_")
    if statement.kind is not Kind.ASSUMPTION:  # the paper's Assumption 1 has one file for each of its items
        assert statement.source.item.lower().replace(" ", "-") == statement.id
    assert 1 <= statement.source.page <= 59


@every_statement
def test_every_symbol_is_explained(statement: Statement) -> None:
    assert undeclared(statement) == set()
    symbols = [variable.symbol for variable in statement.variables]
    assert len(symbols) == len(set(symbols)) and all(variable.meaning for variable in statement.variables)


def test_a_symbol_that_is_not_explained_is_found() -> None:
    lemma = STATEMENTS["lemma-11"]
    assert undeclared(dataclasses.replace(lemma, variables=lemma.variables[1:])) == {"n"}


@every_variant
def test_expanding_leaves_no_defined_symbol(statement: Statement, name: str) -> None:
    variant = statement.variant(name)
    for symbol in variant.definitions:
        for part, formula in formulas(statement):
            if part.startswith(name):
                assert symbol not in variant.expand(formula).free_symbols, part


@every_variant
def test_relations_are_not_decided_before_numbers_are_put_in(statement: Statement, name: str) -> None:
    for part, relation in expanded(statement.variant(name)).items():
        pieces = relation.args if isinstance(relation, sympy.And) else (relation,)
        assert pieces and all(isinstance(piece, Relational) for piece in pieces), part


@every_variant
def test_ids_within_a_variant_are_unique(statement: Statement, name: str) -> None:
    variant = statement.variant(name)
    for parts in (variant.assumptions, variant.claims):
        assert len({part.id for part in parts}) == len(parts)
    assert variant.claims or statement.kind is Kind.ASSUMPTION


@every_statement
def test_what_is_assumed_by_name_is_used(statement: Statement) -> None:
    """Assumption files lend their formula to others, which then list them among their uses, directly or not."""
    lent: dict[Assumption, str] = {
        s.variant("printed").assumptions[0]: s.id for s in STATEMENTS.values() if s.kind is Kind.ASSUMPTION
    }
    reached, open_ids = {statement.id}, [*statement.uses]
    while open_ids:
        reached.add(current := open_ids.pop())
        open_ids += [target for target in STATEMENTS[current].uses if target not in reached]
    for variant in statement.variants.values():
        assert {lent[a] for a in variant.assumptions if a in lent} <= reached


@every_variant
def test_terms_add_up_to_the_right_side(statement: Statement, name: str) -> None:
    assert terms_off(statement.variant(name), statement) == []


def test_a_term_that_is_missing_is_found() -> None:
    statement = STATEMENTS["proposition-22"]
    variant = statement.variant("corrected")
    for place in range(4):
        claims = [
            dataclasses.replace(c, terms=c.terms[:place] + c.terms[place + 1 :]) if c.terms else c
            for c in variant.claims
        ]
        assert terms_off(dataclasses.replace(variant, claims=tuple(claims)), statement)


@every_statement
def test_variants_differ_exactly_where_a_correction_says_so(statement: Statement) -> None:
    printed = statement.variant("printed")
    assert printed.corrections == ()
    if "corrected" not in statement.variants:
        assert set(statement.variants) == {"printed"} and statement.id not in DIFFERENCES
        return
    corrected = statement.variant("corrected")
    assert corrected.corrections and all(c.what and c.why.endswith(".") for c in corrected.corrections)
    found = differences(printed, corrected)
    assert found == DIFFERENCES[statement.id]
    visible = [correction for correction in corrected.corrections if correction.what not in STRUCTURAL]
    assert 0 < len(visible) <= len(found)


def test_a_correction_without_a_difference_is_found() -> None:
    printed = STATEMENTS["theorem-3"].variant("printed")
    assert differences(printed, printed) == set()
    assert differences(printed, STATEMENTS["theorem-3"].variant("corrected")) != set()


@every_statement
def test_the_witness_lies_in_the_domains(statement: Statement) -> None:
    for variable in statement.variables:
        if variable.domain is not None and str(variable.symbol) in (point := witness(statement)):
            number = sympy.Rational(point[str(variable.symbol)])
            assert variable.domain.contains(number) == True, variable.symbol  # noqa: E712


@every_statement
def test_random_points_lie_in_the_domains(statement: Statement) -> None:
    domains = {str(variable.symbol): variable.domain for variable in statement.variables}
    for point in random_points(statement, 5):
        assert all(domains[name].contains(sympy.Rational(number)) == True for name, number in point.items())  # noqa: E712


@every_variant
def test_the_assumptions_hold_at_the_witness(statement: Statement, name: str) -> None:
    point = witness(statement)
    for part, relation in expanded(statement.variant(name)).items():
        if part.startswith("assumption"):
            assert decide(relation, values(relation, point)) is Verdict.HOLDS, part


@every_variant
def test_corners_are_decided_or_unknown_and_nan_never_decides(statement: Statement, name: str) -> None:
    relations = expanded(statement.variant(name))
    for variable in statement.variables:
        if variable.domain is None:
            continue
        for corner in corners(variable.domain):
            point = witness(statement) | {str(variable.symbol): corner}
            for part, relation in relations.items():
                given = values(relation, point)
                verdict = decide(relation, given)
                if isinstance(relation, Relational):
                    sides = [evaluate(side, given) for side in (relation.lhs, relation.rhs)]
                    if any(side.is_nan() for side in sides):
                        assert verdict is Verdict.UNKNOWN, f"{part} at {variable.symbol} = {corner}"


@pytest.mark.parametrize("statement_id", ["proposition-21", "proposition-22", "proposition-23"])
def test_a_second_layer_of_zeros_leaves_the_claim_unknown_and_its_terms_finite(statement_id: str) -> None:
    statement = STATEMENTS[statement_id]
    point = witness(statement) | {"sigma_2": Fraction(0), "nu_2": Fraction(0), "E Pi^kappa": Fraction(0)}
    for variant in statement.variants.values():
        claim = variant.claim("error")
        relation = variant.expand(claim.relation)
        assert decide(relation, values(relation, point)) is Verdict.UNKNOWN
        for term in claim.terms:
            expression = variant.expand(term.expression)
            assert evaluate(expression, values(expression, point)) == 0, term.name


@pytest.mark.parametrize(
    ("name", "number", "belongs", "is_sharp"),
    [*((*corner, False) for corner in CORNERS), *((*corner, True) for corner in SHARP_CORNERS)],
    ids=str,
)
def test_corners_are_explicit_in_the_domains(name: str, number: Fraction, belongs: bool, is_sharp: bool) -> None:
    ours = [s for s in STATEMENTS.values() if s.id.startswith("sharp-") is is_sharp]
    found = [(s.id, v) for s in ours for v in s.variables if str(v.symbol) == name]
    domains = {(s, v.domain) for s, v in found if v.domain is not None}
    domains -= {(s, d) for s, d in domains if s == "lemma-17" and name == "xi"}  # there any positive target will do
    assert domains
    for statement, domain in domains:
        assert bool(domain.contains(sympy.Rational(number))) is belongs, statement


@every_statement
def test_domains_agree_with_what_sympy_assumes_of_the_symbol(statement: Statement) -> None:
    for variable in statement.variables:
        symbol, domain = variable.symbol, variable.domain
        if domain is None:
            continue
        if symbol.is_positive:
            assert domain.contains(sympy.S.Zero) == False, symbol  # noqa: E712
        if symbol.is_nonnegative:
            assert domain.contains(sympy.S.NegativeOne) == False, symbol  # noqa: E712
        if symbol.is_integer:
            assert domain.contains(sympy.Rational(1, 2)) == False, symbol  # noqa: E712
