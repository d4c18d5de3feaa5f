"""Interprets a UNIFORM rung: one theorem with one target xi, whose conditions are asked of every layer in its role."""

import math
from collections.abc import Callable
from fractions import Fraction

from boundcheck.core.rung import Mode, Quantity
from boundcheck.core.statement import Scope
from boundcheck.core.verdict import Verdict, conjunction
from boundcheck.exact.ball import Number, ball, lower_decimal, rational_text, upper_decimal
from boundcheck.exact.evaluate import exact_value
from boundcheck.network.layer_sets import LayerSets

from .block import check_assumption, check_request, layer_environment
from .certificate import AssumptionRecord, BlockRecord
from .outcome import Outcome
from .parameters import choose_pruning, quantization_alpha
from .proposal import Proposal
from .recursion import promised_share
from .scaling import ScaledLayer, ScaledNetwork, round_up
from .theory import Theory

# xi lies in (0, 1): a larger target is met by the largest xi considered.
LARGEST_XI = Fraction(999_999, 1_000_000)
BISECTIONS = 40
NO_ROOM = 1e6
Choice = dict[Quantity, Fraction]


def xi_for_error(theory: Theory, network: ScaledNetwork, error: Fraction) -> Fraction | None:
    """The largest xi (rounded down) whose claimed error is at most the given one; None if even a tiny xi exceeds it."""
    low, high = Fraction(0), LARGEST_XI
    if claimed_error(theory, network, high) <= error:
        return high
    for _ in range(2 * BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if claimed_error(theory, network, middle) <= error else (low, middle)
    nearest, below = round(low, 9), Fraction(math.floor(low * 10**12), 10**12)
    if nearest > 0 and claimed_error(theory, network, nearest) <= error:
        return max(nearest, below)
    return below if below > 0 else None


def claimed_error(theory: Theory, network: ScaledNetwork, xi: Fraction) -> Fraction:
    """The theorem's error at xi, rounded up, in the original scale."""
    bound = theory.roles["network"]
    value = bound.right_side(bound.use.error_claim, {**_constants(network), Quantity.XI: xi})
    return round_up(ball(value) * ball(network.error_scale))


def _constants(network: ScaledNetwork) -> dict[Quantity, Number]:
    return {Quantity.C_1: network.c_1, Quantity.C_2: network.c_2, Quantity.DEPTH: network.depth}


def certify_uniform(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, xi: Fraction
) -> Outcome:
    """Check every condition at xi; the certified error is that of the least xi at which all of them hold."""
    choose = _chooser(theory, network, sets, proposal)
    choice = choose(xi)
    if choice is None:
        return Outcome(sets, (), problem="no parameters of the draw meet the request in every compressed layer")
    layers = [network.layers[number - 1] for number in _compressed(sets)]
    promised = {layer.number: promised_share(theory.roles["network"], network, layer, choice) for layer in layers}
    rows = _rows(theory, network, sets, choice, xi)
    rows += [check_request(theory.roles["network"], x, promised[x.number], proposal.requested_share) for x in layers]
    conditions = conjunction(row.verdict for row in rows)
    least = _least_xi(theory, network, sets, choose, xi, conditions)
    return Outcome(
        sets=sets,
        assumptions=tuple(rows),
        error=None if least is None else claimed_error(theory, network, least),
        conditions=conditions,
        blocks=tuple(_block(layer, sets, choice, promised[layer.number], proposal.mode) for layer in layers),
        promised=promised,
        parameters={
            "xi": rational_text(xi),
            "least_xi": "none" if least is None else rational_text(least),
            **_definitions(theory, network, choice, xi),
            **{quantity.name.lower(): rational_text(value) for quantity, value in choice.items()},
        },
    )


def _compressed(sets: LayerSets) -> list[int]:
    return sorted(sets.wide | sets.bottleneck)


def _definitions(theory: Theory, network: ScaledNetwork, choice: Choice, xi: Fraction) -> dict[str, str]:
    """The values of the theorem's defined symbols: exact where they are rational (n_0), else rounded down (delta)."""
    bound = theory.roles["network"]
    values = bound.values({**_constants(network), **choice, Quantity.XI: xi})
    found = {}
    for symbol, definition in bound.variant.definitions.items():
        value = exact_value(bound.expand(definition), values)
        text = rational_text(value) if isinstance(value, Fraction) else lower_decimal(value, 10)
        found[symbol.name] = text or "unknown"
    return found


def _chooser(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal
) -> Callable[[Fraction], Choice | None]:
    """How the draw's parameters are chosen for a xi: fixed by the statement or the user, else for the widest margin."""
    fixed: Choice = {quantity: Fraction(value.p, value.q) for quantity, value in theory.rung.fixed.items()}
    entries = [network.layers[number - 1].entries for number in _compressed(sets)]
    if proposal.mode is Mode.QUANTIZE:
        assert proposal.levels is not None
        alpha = quantization_alpha(entries, proposal.unquantized_share, proposal.alpha)
        alpha = fixed.get(Quantity.ALPHA, alpha) if proposal.alpha is None else alpha
        choice = None if alpha is None else {Quantity.ALPHA: alpha, Quantity.LEVELS: Fraction(proposal.levels)}
        return lambda xi: choice
    if fixed:
        return lambda xi: _as_printed(theory, fixed, proposal, xi)
    return lambda xi: _widest_margin(theory, network, sets, proposal, entries, xi)


def _as_printed(theory: Theory, fixed: Choice, proposal: Proposal, xi: Fraction) -> Choice | None:
    """The constants that the printed proof sets, and the bernoulli that its kept fraction leaves for the request."""
    assert proposal.keep is not None
    if proposal.alpha is not None:
        fixed = {**fixed, Quantity.ALPHA: proposal.alpha}
    if proposal.bernoulli is not None:
        return {**fixed, Quantity.BERNOULLI: proposal.bernoulli}
    bernoulli = (proposal.keep - Fraction(1, 100)) / Fraction(101, 100)
    return {**fixed, Quantity.BERNOULLI: bernoulli} if bernoulli > 0 else None


def _widest_margin(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, entries: list[int], xi: Fraction
) -> Choice | None:
    worst = _worst_ratio(theory, network, sets, xi)

    def cost(alpha: float, bernoulli: float, epsilon: float) -> float:
        ratio = worst({Quantity.ALPHA: alpha, Quantity.BERNOULLI: bernoulli, Quantity.EPSILON: epsilon})
        # Where epsilon leaves no room for a positive delta, the least epsilon is the closest miss.
        return ratio if math.isfinite(ratio) else NO_ROOM * (1 + epsilon)

    assert proposal.keep is not None
    chosen = choose_pruning(entries, proposal.keep, cost, proposal.alpha, proposal.bernoulli)
    return None if chosen is None else chosen.quantities()


def _worst_ratio(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, xi: Fraction
) -> Callable[[dict[Quantity, float]], float]:
    """Logarithm of value over limit of the worst width condition; inf where a limit is not positive."""
    forms = []
    for number in _compressed(sets):
        scope = Scope.WIDE if number in sets.wide else Scope.BOTTLENECK
        known = {q: float(v) for q, v in layer_environment(network, network.layers[number - 1]).items()}
        known[Quantity.XI] = float(xi)
        forms += [(form, known) for form in theory.float_ratios(scope)]

    def worst(drawn: dict[Quantity, float]) -> float:
        return max(form({**known, **drawn}) for form, known in forms)

    return worst


def nearly_holds(theory: Theory, network: ScaledNetwork, sets: LayerSets, proposal: Proposal, xi: Fraction) -> bool:
    """Whether floats see the width conditions met, or missed by rounding at most: worth a rigorous look."""
    choice = _chooser(theory, network, sets, proposal)(xi)
    if choice is None:
        return False
    drawn = {quantity: float(value) for quantity, value in choice.items()}
    return _worst_ratio(theory, network, sets, xi)(drawn) <= 1e-6


def _rows(
    theory: Theory, network: ScaledNetwork, sets: LayerSets, choice: Choice, xi: Fraction
) -> list[AssumptionRecord]:
    rows = []
    common = {**choice, Quantity.XI: xi, Quantity.INPUT_NORM: network.input_norm}
    for bound, assumption in theory.assumptions("network", set(Scope)):
        if assumption.scope is Scope.NETWORK:
            rows.append(check_assumption(bound, assumption, {**_constants(network), **common}, None, network.stated))
            continue
        for number in _in_scope(assumption.scope, network, sets):
            layer = network.layers[number - 1]
            environment = {**layer_environment(network, layer), **common}
            rows.append(check_assumption(bound, assumption, environment, layer, network.stated))
    return rows


def _in_scope(scope: Scope, network: ScaledNetwork, sets: LayerSets) -> list[int]:
    match scope:
        case Scope.LAYER:
            return list(range(1, network.depth + 1))
        case Scope.WIDE:
            return sorted(sets.wide)
        case Scope.BOTTLENECK:
            return sorted(sets.bottleneck)
    return _compressed(sets)


def _least_xi(
    theory: Theory,
    network: ScaledNetwork,
    sets: LayerSets,
    choose: Callable[[Fraction], Choice | None],
    xi: Fraction,
    conditions: Verdict,
) -> Fraction | None:
    """The least xi (six digits) at which every condition holds; None if there is none in (0, 1).

    The parameters that are best at one xi lead to a smaller xi, and are chosen anew there until that gains nothing.
    """
    if not theory.rung.decides:
        return xi if conditions is Verdict.HOLDS else None  # the printed form is evaluated at the target alone
    best = xi if conditions is Verdict.HOLDS else LARGEST_XI
    choice = choose(best)
    if choice is None or not _holds(theory, network, sets, choice, best):
        return None
    while choice is not None:
        least = _least_xi_with(theory, network, sets, choice, best)
        if least > best * Fraction(999_999, 1_000_000):
            break
        best, choice = least, choose(least)
    return best


def _least_xi_with(theory: Theory, network: ScaledNetwork, sets: LayerSets, choice: Choice, high: Fraction) -> Fraction:
    """Bisection below a xi that is not above every xi that holds; ``high`` itself if nothing below holds."""
    low = Fraction(0)
    for _ in range(BISECTIONS):
        middle = Fraction(f"{float((low + high) / 2):.6g}")
        if not low < middle < high:
            break
        low, high = (low, middle) if _holds(theory, network, sets, choice, middle) else (middle, high)
    return high


def _holds(theory: Theory, network: ScaledNetwork, sets: LayerSets, choice: Choice, xi: Fraction) -> bool:
    return conjunction(row.verdict for row in _rows(theory, network, sets, choice, xi)) is Verdict.HOLDS


def _block(layer: ScaledLayer, sets: LayerSets, choice: Choice, promised: Fraction, mode: Mode) -> BlockRecord:
    alpha = Fraction(choice[Quantity.ALPHA])
    return BlockRecord(
        layer=layer.number,
        role="wide" if layer.number in sets.wide else "bottleneck",
        entries=layer.entries,
        draws=math.floor(alpha * layer.entries),
        parameters={},
        promised_kept=upper_decimal(promised) if mode is Mode.PRUNE else None,
        promised_unquantized=upper_decimal(promised) if mode is Mode.QUANTIZE else None,
        error=None,
    )
