"""`verify` end to end: what the certificate says, and what may never turn into HOLDS."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy

import boundcheck
from boundcheck import LayerSets, Proposal, Target, Verdict
from boundcheck.certify.goal import Goal
from boundcheck.certify.rungs import run_rung
from boundcheck.certify.theory import Theory, theories
from boundcheck.library import library
from boundcheck.network import activation_slopes
from boundcheck.network.activation import Activation, X
from boundcheck.network.activation_slopes import Slopes

WIDE_2 = LayerSets(frozenset({2}), frozenset())
# One wide layer, quantized finely enough to hold.
EASY = {"widths": [4000, 10], "proposal": Proposal(levels=127, sets=LayerSets(frozenset({1}), frozenset()))}


def random_checkpoint(path: Path, widths: list[int], activation: str, scale: float = 1.0, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    weights = {
        f"W{number}": scale * rng.uniform(-1, 1, (n_out, n_in)) / np.sqrt(max(n_in, n_out))
        for number, (n_in, n_out) in enumerate(zip(widths[:-1], widths[1:], strict=True), start=1)
    }
    np.savez(path, activation=activation, **weights)
    return path


def test_a_wide_layer_with_fine_levels_holds() -> None:
    network = boundcheck.network_from_widths(EASY["widths"], Fraction(1), Fraction(1))
    certificate = boundcheck.verify(network, EASY["proposal"])
    assert certificate.verdict is Verdict.HOLDS
    layerwise = certificate.rung("layerwise")
    # (67) by hand: 2 alpha theta^2 nu^2 n_2 / (k^2 (1 - alpha)) at alpha = 0.99, nu^2 = 1/4000, n_2 = 10, k = 127.
    by_hand = Fraction(2 * 99 * 10, 127**2 * 4000)
    assert by_hand <= Fraction(layerwise.error_bound or 0) <= by_hand * (1 + Fraction(1, 10**8))
    assert certificate.trivial_bound.worst_case
    assert (certificate.proposal.bits_per_weight, layerwise.blocks[0].promised_unquantized) == (8, "0.01")


def test_illustrative_constants_never_hold() -> None:
    network = boundcheck.network_from_law(EASY["widths"], "glorot", None, c_1=Fraction(1))
    certificate = boundcheck.verify(network, EASY["proposal"])
    assert certificate.verdict is Verdict.UNKNOWN
    assert "illustrative" in certificate.reason
    assert all(rung.verdict is not Verdict.HOLDS for rung in certificate.rungs)


def test_constants_that_hold_with_a_probability_put_it_into_the_verdict() -> None:
    network = boundcheck.network_from_law(EASY["widths"], "glorot", Fraction(1, 1000))
    certificate = boundcheck.verify(network, EASY["proposal"])
    assert certificate.verdict is Verdict.HOLDS
    assert "except with probability at most 0.001 over the draw of the weights" in certificate.reason
    assert certificate.network.probability == "0.999"


@pytest.mark.parametrize("activation", ["relu", "elu", "leaky_relu"])
def test_a_bottleneck_without_a_second_derivative_is_for_the_sharp_rungs_and_auto_leaves_it_out_elsewhere(
    tmp_path: Path, activation: str
) -> None:
    path = random_checkpoint(tmp_path / "net.npz", [4, 300, 2], activation)
    network = boundcheck.network_from_checkpoint(path, None)
    given = boundcheck.verify(network, Proposal(levels=3, sets=LayerSets(frozenset(), frozenset({1}))))
    assert {rung.name for rung in given.rungs if rung.error_bound is not None} == {"sharp"}
    certificate = boundcheck.verify(network, Proposal(levels=3))
    assert all(rung.bottleneck == [] and rung.wide for rung in certificate.rungs if rung.name != "sharp")


def test_a_curvature_that_is_not_finite_fails_the_assumption(tmp_path: Path) -> None:
    """The first paper claims no bound for a ReLU bottleneck."""
    network = boundcheck.network_from_checkpoint(random_checkpoint(tmp_path / "net.npz", [4, 300, 2], "relu"), None)
    proposal = Proposal(levels=3, sets=LayerSets(frozenset(), frozenset({1})))
    for theory in older_theories(proposal):
        record = run_rung(theory, network, proposal, Goal(Fraction(1), Fraction(1)), None)
        row = next(r for r in record.assumptions if r.id == "activation-curvature")
        assert (row.verdict, record.verdict, record.error_bound) == (Verdict.FAILS, Verdict.FAILS, None)


def older_theories(proposal: Proposal) -> list[Theory]:
    """The rungs of the first paper."""
    found = [theory for theory in theories(library(), proposal.mode) if theory.paper.id == "cheairi2026"]
    assert {theory.rung.name for theory in found} == {"printed", "corrected", "layerwise"}
    return found


@pytest.mark.parametrize("activation", ["sigmoid", "softplus", "softmax"])
def test_an_activation_that_is_not_zero_at_zero_fails_where_it_is_asked_for(tmp_path: Path, activation: str) -> None:
    network = boundcheck.network_from_checkpoint(random_checkpoint(tmp_path / "n.npz", [40, 30, 2], activation), None)
    proposal = Proposal(levels=10**6, sets=LayerSets(frozenset({2}), frozenset()))
    assert boundcheck.verify(network, proposal).rung("sharp").verdict is Verdict.HOLDS
    for theory in older_theories(proposal):
        record = run_rung(theory, network, proposal, Goal(Fraction(1), Fraction(1)), None)
        rows = [row.verdict for row in record.assumptions if row.id == "activation-zero-at-zero"]
        assert (rows, record.verdict) == ([Verdict.FAILS, Verdict.HOLDS], Verdict.FAILS)


def test_constants_above_one_are_absorbed_and_said_so(tmp_path: Path) -> None:
    """GELU's Lipschitz constant scales the next layer; softer units cannot make the bound smaller than tanh's."""
    errors = {}
    for activation in ("tanh", "gelu"):
        network = boundcheck.network_from_checkpoint(
            random_checkpoint(tmp_path / "net.npz", [40, 300, 20, 2], activation), None
        )
        certificate = boundcheck.verify(network, Proposal(levels=50, sets=WIDE_2))
        errors[activation] = Fraction(certificate.rung("layerwise").error_bound or 0)
        row = next(r for r in certificate.rung("layerwise").assumptions if r.id == "activation-lipschitz")
        assert row.verdict is Verdict.HOLDS
        assert (row.note is None) == (activation == "tanh")
    # Two GELU layers in front of the output: theta^2 and the layers behind gain L^2 each.
    ratio = float(errors["gelu"] / errors["tanh"])
    assert ratio == pytest.approx(1.12890414**4, rel=1e-6)


def test_inputs_outside_the_ball_are_folded_into_the_first_layer(tmp_path: Path) -> None:
    """A network on inputs of radius 2 is certified as the network with 2 W_1 on the unit ball."""
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(20, 40))
    inputs *= 2 / np.linalg.norm(inputs, axis=1).max()
    np.save(tmp_path / "x.npy", inputs)
    np.save(tmp_path / "half.npy", inputs / 2)
    path = random_checkpoint(tmp_path / "net.npz", [40, 300, 20, 2], "tanh")
    doubled = tmp_path / "doubled.npz"
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(doubled, **{**arrays, "W1": 2 * arrays["W1"]})
    proposal = Proposal(levels=50, sets=WIDE_2, target=Target(absolute=Fraction(1)))
    certificates = [
        boundcheck.verify(
            boundcheck.network_from_checkpoint(p, None), proposal, boundcheck.load_data(str(tmp_path / d))
        )
        for p, d in ((path, "x.npy"), (doubled, "half.npy"))
    ]
    folded, plain = (float(c.rung("layerwise").error_bound or "nan") for c in certificates)
    assert folded == pytest.approx(plain, rel=1e-9)
    values = [float(c.trivial_bound.value) for c in certificates]
    assert values[0] == pytest.approx(values[1], rel=1e-6)
    assert float(certificates[0].network.input_radius) == pytest.approx(2, rel=1e-12)


def test_the_certified_error_is_not_below_that_of_an_exhibited_quantization(tmp_path: Path) -> None:
    """Rounding to the nearest level is one realization of the draws, so the best one is at most as far away."""
    rng = np.random.default_rng(2)
    inputs = rng.normal(size=(50, 400))
    inputs /= np.linalg.norm(inputs, axis=1).max()
    np.save(tmp_path / "x.npy", inputs)
    path = random_checkpoint(tmp_path / "net.npz", [400, 5], "tanh")
    network = boundcheck.network_from_checkpoint(path, None)
    proposal = Proposal(levels=3, sets=LayerSets(frozenset({1}), frozenset()))
    bound = float(
        boundcheck.verify(network, proposal, boundcheck.load_data(str(tmp_path / "x.npy")))
        .rung("layerwise")
        .error_bound
        or 0
    )
    with np.load(path) as file:
        weights = file["W1"]
    step = np.abs(weights).max() / 3
    distance = inputs @ (weights - step * np.round(weights / step)).T
    assert 0 < np.mean(np.sum(distance**2, axis=1)) <= bound


def test_the_zero_network_is_certified_by_nothing(tmp_path: Path) -> None:
    np.savez(tmp_path / "zero.npz", W1=np.zeros((3, 8)), W2=np.ones((2, 3)), activation="tanh")
    np.save(tmp_path / "x.npy", np.ones((4, 8)))
    network = boundcheck.network_from_checkpoint(tmp_path / "zero.npz", None)
    certificate = boundcheck.verify(
        network, Proposal(keep=Fraction(1, 2)), boundcheck.load_data(str(tmp_path / "x.npy"))
    )
    assert certificate.verdict is not Verdict.HOLDS
    assert certificate.trivial_bound.value == "0"


@pytest.mark.parametrize(
    "target", [Target(relative=Fraction(1, 10)), Target(absolute=Fraction(1, 10)), Target(xi=Fraction(9, 100))]
)
def test_targets_are_squared_distances(target: Target) -> None:
    network = boundcheck.network_from_widths(EASY["widths"], Fraction(1), Fraction(1))
    proposal = Proposal(levels=127, sets=LayerSets(frozenset({1}), frozenset()), target=target)
    certificate = boundcheck.verify(network, proposal)
    expected = Fraction(1, 10) if target.xi is None else Fraction(109, 100) * Fraction(9, 100)
    assert Fraction(certificate.target.error or 0) == pytest.approx(float(expected), rel=1e-12)
    assert certificate.verdict is Verdict.HOLDS


def test_auto_prefers_the_least_kept_fraction_among_those_that_hold() -> None:
    """Layer 1 (4000 x 10) and layer 2 (10 x 5): both can be quantized finely, and both are."""
    network = boundcheck.network_from_widths([4000, 10, 5], Fraction(1), Fraction(1))
    layerwise = boundcheck.verify(network, Proposal(levels=2000)).rung("layerwise")
    assert (layerwise.verdict, layerwise.wide, layerwise.bottleneck) == (Verdict.HOLDS, [1], [])
    forced = Proposal(levels=2000, sets=LayerSets(frozenset({1, 2}), frozenset()))
    assert (
        boundcheck.verify(network, forced).rung("layerwise").verdict is Verdict.FAILS
    )  # 50 entries cannot leave 1% alone
    half = Proposal(levels=2000, unquantized=Fraction(1, 2))
    layerwise = boundcheck.verify(network, half).rung("layerwise")
    assert (layerwise.verdict, layerwise.wide) == (Verdict.HOLDS, [1, 2])


def test_auto_takes_the_least_error_where_nothing_holds() -> None:
    network = boundcheck.network_from_widths([64, 1000, 40, 10], Fraction(1), Fraction("1.7"))
    found = boundcheck.verify(network, Proposal(keep=Fraction(3, 10))).rung("layerwise")
    others = [
        boundcheck.verify(network, Proposal(keep=Fraction(3, 10), sets=sets)).rung("layerwise").error_bound
        for sets in (
            WIDE_2,
            LayerSets(frozenset({1}), frozenset()),
            LayerSets(
                frozenset(),
                frozenset(
                    {
                        1,
                    }
                ),
            ),
        )
    ]
    assert Fraction(found.error_bound or 0) <= min(Fraction(error) for error in others if error)


def test_a_bias_is_named_by_the_rungs_that_do_not_cover_it(tmp_path: Path) -> None:
    np.savez(tmp_path / "net.npz", W1=np.ones((3, 8)), b1=np.ones(3), activation="tanh")
    network = boundcheck.network_from_checkpoint(tmp_path / "net.npz", None)
    certificate = boundcheck.verify(network, Proposal(keep=Fraction(1, 2)))
    for name in ("printed", "corrected", "layerwise"):
        rung = certificate.rung(name)
        assert (rung.verdict, rung.error_bound) == (Verdict.FAILS, None)
        assert rung.reason.startswith("layer 1 has a bias")
    assert certificate.rung("sharp").error_bound is not None


def test_the_loss_bound_is_that_of_the_theorem(tmp_path: Path) -> None:
    """(18): L + 2 sqrt(e L) + e at the certified e and the measured L."""
    rng = np.random.default_rng(3)
    np.savez(tmp_path / "data.npz", x=rng.normal(size=(30, 400)) / 25, y=rng.normal(size=(30, 5)))
    network = boundcheck.network_from_checkpoint(random_checkpoint(tmp_path / "net.npz", [400, 5], "tanh"), None)
    data = boundcheck.load_data(str(tmp_path / "data.npz"))
    certificate = boundcheck.verify(network, Proposal(levels=20, sets=LayerSets(frozenset({1}), frozenset())), data)
    layerwise = certificate.rung("layerwise")
    loss, error = float(certificate.dense_loss or "nan"), float(layerwise.error_bound or "nan")
    assert float(layerwise.loss_bound or "nan") == pytest.approx(loss + 2 * (error * loss) ** 0.5 + error, rel=1e-8)


def test_an_exception_in_a_rung_is_unknown_and_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from boundcheck.certify import rungs

    def broken(*_: object, **__: object) -> None:
        raise ArithmeticError("planted")

    monkeypatch.setattr(rungs, "certify_recursion", broken)
    network = boundcheck.network_from_widths(EASY["widths"], Fraction(1), Fraction(1))
    certificate = boundcheck.verify(network, EASY["proposal"])
    assert certificate.rung("layerwise").verdict is Verdict.UNKNOWN
    assert "planted" in certificate.rung("layerwise").reason
    assert certificate.rung("corrected").verdict is not Verdict.UNKNOWN


def test_an_undecided_assumption_is_unknown_never_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    from boundcheck.certify import block

    monkeypatch.setattr(block, "decide", lambda *_: Verdict.UNKNOWN)
    network = boundcheck.network_from_widths(EASY["widths"], Fraction(1), Fraction(1))
    certificate = boundcheck.verify(network, Proposal(keep=Fraction(1, 2), sets=LayerSets(frozenset({1}), frozenset())))
    assert certificate.verdict is Verdict.UNKNOWN
    assert {rung.verdict for rung in certificate.rungs} == {Verdict.UNKNOWN}


def test_a_bound_that_does_not_beat_the_zero_network_never_holds() -> None:
    """The user may accept any error, but a vacuous bound certifies nothing; the others decide without it."""
    network = boundcheck.network_from_widths([64, 1000, 40, 10], Fraction(1), Fraction("1.7"))
    proposal = Proposal(keep=Fraction(3, 10), sets=WIDE_2, target=Target(relative=Fraction(100)))
    certificate = boundcheck.verify(network, proposal)
    layerwise = certificate.rung("layerwise")
    assert 1 < Fraction(layerwise.relative or 0) < 100
    assert (layerwise.verdict, layerwise.vacuous) == (Verdict.FAILS, True)
    pruned_away = boundcheck.verify(network, replace(proposal, keep=Fraction(1, 100)))
    sharp = pruned_away.rung("sharp")
    assert 1 < Fraction(sharp.relative or 0) < 100
    assert (sharp.verdict, sharp.vacuous, pruned_away.verdict) == (Verdict.FAILS, True, Verdict.FAILS)


def test_a_wide_layer_that_is_not_wide_enough_is_an_assumption_that_fails() -> None:
    network = boundcheck.network_from_widths([64, 1000, 40], Fraction(1), Fraction(1))
    certificate = boundcheck.verify(network, Proposal(levels=10, sets=LayerSets(frozenset({1}), frozenset())))
    row = next(r for r in certificate.rung("corrected").assumptions if r.id == "wide-ratio")
    assert (row.verdict, row.layer, row.value) == (Verdict.FAILS, 1, "15.625")
    assert Fraction(row.margin or 0) < 0 < Fraction(row.limit or 0)
    missed_by = Fraction(row.missed_by or 0) * Fraction(row.limit or 0) / Fraction(row.value)
    assert 1 <= missed_by <= Fraction(1001, 1000)


def test_the_trivial_bound_is_the_second_moment_from_below(tmp_path: Path) -> None:
    inputs = np.random.default_rng(4).normal(size=(25, 6))
    np.save(tmp_path / "x.npy", inputs)
    path = random_checkpoint(tmp_path / "net.npz", [6, 30, 3], "tanh")
    certificate = boundcheck.verify(
        boundcheck.network_from_checkpoint(path, None),
        Proposal(levels=3),
        boundcheck.load_data(str(tmp_path / "x.npy")),
    )
    with np.load(path) as file:
        outputs = np.tanh(inputs @ file["W1"].T) @ file["W2"].T
    moment = np.mean(np.sum(outputs**2, axis=1))
    assert not certificate.trivial_bound.worst_case
    assert moment * (1 - 1e-5) <= float(certificate.trivial_bound.value) <= moment


def test_the_output_activations_lipschitz_constant_scales_the_error(tmp_path: Path) -> None:
    sets = LayerSets(frozenset({1}), frozenset())
    path = random_checkpoint(tmp_path / "net.npz", [400, 5], "tanh")
    errors = []
    for output in ("identity", "gelu"):
        network = boundcheck.network_from_checkpoint(
            path, boundcheck.parse_activation("tanh"), boundcheck.parse_activation(output)
        )
        certificate = boundcheck.verify(network, Proposal(levels=20, sets=sets))
        errors.append(float(certificate.rung("layerwise").error_bound or "nan"))
    assert errors[1] / errors[0] == pytest.approx(1.12890414**2, rel=1e-6)


def test_a_curvature_above_one_goes_into_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """phi = sin(3 x)/3 has curvature 3: the same function as sin between 3 W_1 and W_2 / 3."""
    slopes = Slopes(-sympy.S.One, sympy.S.One, sympy.Integer(3), sympy.Integer(9), "by hand")
    monkeypatch.setitem(activation_slopes._PLAIN, "steep", slopes)
    steep = Activation("steep", sympy.sin(3 * X) / 3, True, sympy.S.Zero, sympy.S.One, sympy.Integer(3), "by hand")
    rng = np.random.default_rng(6)
    first, second = rng.uniform(-1, 1, (90, 4)) / 64, rng.uniform(-1, 1, (2, 90)) / 64
    np.savez(tmp_path / "steep.npz", W1=first, W2=second)
    np.savez(tmp_path / "sin.npz", W1=3 * first, W2=second / 3)
    proposal = Proposal(levels=4, sets=LayerSets(frozenset(), frozenset({1})), target=Target(absolute=Fraction(1)))
    records = [
        boundcheck.verify(boundcheck.network_from_checkpoint(tmp_path / name, activation), proposal)
        for name, activation in (("steep.npz", steep), ("sin.npz", boundcheck.parse_activation("sin")))
    ]
    errors = [float(record.rung("layerwise").error_bound or "nan") for record in records]
    assert errors[0] == pytest.approx(errors[1], rel=1e-9)
    row = next(r for r in records[0].rung("layerwise").assumptions if r.id == "activation-curvature")
    assert (row.verdict, row.value) == (Verdict.HOLDS, "1")
    assert "goes into" in (row.note or "")
