"""Whole certificates of structured pruning against exact enumeration: no bound may fall below the enumerated truth."""

import dataclasses
from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path

import pytest
import sympy
from certificate_enumeration import Tiny, random_networks, refutations, theorem_networks, tight_networks

import boundcheck
from boundcheck.certify import scaling, theory
from boundcheck.certify.block import Bound
from boundcheck.certify.certificate import Certificate
from boundcheck.certify.scaling import ScaledNetwork
from boundcheck.core.rung import Quantity
from boundcheck.exact.evaluate import exact_value

Case = tuple[Tiny, Certificate]
# The oracle walks as the paper's proofs do; the other rungs have one of their own.
OF_THE_PAPER = ("corrected", "layerwise")


def certified(networks: Iterable[Tiny], folder: Path) -> list[Case]:
    return [(tiny, boundcheck.verify(tiny.network(folder), tiny.proposal, tiny.data(folder))) for tiny in networks]


def violations(cases: Iterable[Case]) -> list[str]:
    return [
        f"{place}, {rung.name}: {what}"
        for place, (tiny, certificate) in enumerate(cases)
        for rung in certificate.rungs
        if rung.name in OF_THE_PAPER and rung.error_bound is not None
        for what in refutations(tiny, certificate, rung)
    ]


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    networks = [*random_networks(20264, 42), *tight_networks(), *theorem_networks()]
    return certified(networks, tmp_path_factory.mktemp("tiny"))


def test_bounds_are_there_to_be_refuted(cases: list[Case]) -> None:
    for mode in ("structured", "conv"):
        for rung, least in (("layerwise", 12), ("corrected", 2)):
            bounds = [c.rung(rung).error_bound for _, c in cases if c.proposal.mode == mode]
            assert sum(bound is not None for bound in bounds) >= least, (mode, rung)


def test_no_certificate_is_below_the_enumerated_truth(cases: list[Case]) -> None:
    assert violations(cases) == []


Fault = Callable[[sympy.Expr, dict[str, sympy.Symbol]], sympy.Expr]
FAULTS: dict[str, Fault] = {
    "a quarter of the variance": lambda term, s: term.subs(s["p"], 4 * s["p"] / (1 + 3 * s["p"])),
    "nu_1 not squared": lambda term, s: term.subs(s["nu_1"], sympy.sqrt(s["nu_1"])),
    "k^2 for k": lambda term, s: term.subs(s["k"], s["k"] ** 2),
    "Lambda without sigma_1^2": lambda term, s: term.subs(s["sigma_1"], 1),
}
FOUND_IN = {"k^2 for k": ("conv",)}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_propositions_is_caught(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = Bound.terms

    def terms(self: Bound, environment: dict[Quantity, object]) -> dict[str, object]:
        if self.statement.id.startswith("sharp-"):
            return sound(self, environment)  # type: ignore[arg-type, return-value]
        values, faulty = self.values(environment), {}  # type: ignore[arg-type]
        for term in self.claim(self.use.error_claim).terms:
            expanded = self.expand(term.expression)
            symbols = {symbol.name: symbol for symbol in self.use.binding}
            changed = expanded if self.statement.id == "lemma-17" else FAULTS[fault](expanded, symbols)
            faulty[term.name] = exact_value(changed, values)
        return faulty

    monkeypatch.setattr(Bound, "terms", terms)
    found = certified(tight_networks(), tmp_path)
    for mode in FOUND_IN.get(fault, ("structured", "conv")):
        assert violations([case for case in found if case[1].proposal.mode == mode]), mode


def test_one_unit_fewer_than_the_claim_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share = Bound.promised_share

    def fewer(self: Bound, role: str, environment: dict[Quantity, object]) -> Fraction:
        return share(self, role, environment) - Fraction(1, self.units(role, environment))  # type: ignore[arg-type]

    monkeypatch.setattr(Bound, "promised_share", fewer)
    assert violations(certified(tight_networks(), tmp_path))


def test_a_radius_that_does_not_reach_the_block_norms_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unscaled(*arguments: object) -> ScaledNetwork:
        network = scaling.scaled_network(*arguments)  # type: ignore[arg-type]
        layers = (
            dataclasses.replace(layer, block_norm=layer.block_norm / layer.input_scale) for layer in network.layers
        )
        return dataclasses.replace(network, layers=tuple(layers))

    monkeypatch.setattr(theory, "scaled_network", unscaled)
    assert violations(certified(tight_networks(), tmp_path))
