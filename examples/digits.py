"""The main job: train a small network on Digits, verify three ways to prune it, and say what the answers mean.

    python examples/digits.py

Writes the network and the certificates below out/digits/ of the current folder; a network that is there is used again.
"""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import boundcheck
from boundcheck.certify.certificate import AssumptionRecord, Certificate, RungRecord, TermRecord
from boundcheck.cli.rendering import console, layers, print_certificate, print_layers, working
from boundcheck.cli.shorten import shorten
from boundcheck.network.files import write_bytes_whole
from boundcheck.network.train import train_network

FOLDER = Path("out/digits")
WIDTHS = (64, 1000, 40, 10)
KEEP = Fraction(3, 10)
PROPOSALS = {
    "W = {2}": ("wide-2.json", boundcheck.LayerSets(frozenset({2}), frozenset())),
    "B = {1}": ("bottleneck-1.json", boundcheck.LayerSets(frozenset(), frozenset({1}))),
    "auto": ("auto.json", None),
}


def main() -> None:
    out = console()
    FOLDER.mkdir(parents=True, exist_ok=True)
    checkpoint = FOLDER / "network.safetensors"
    if checkpoint.exists():
        out.print(f"using {checkpoint} of an earlier run; delete it to train again")
    else:
        _train(checkpoint)
    network, data = boundcheck.network_from_checkpoint(checkpoint), boundcheck.load_data("digits")
    print_layers(network)
    certificates = {}
    for name, (file, sets) in PROPOSALS.items():
        with working(f"verifying {name}") as progress:
            proposal = boundcheck.Proposal(keep=KEEP, sets=sets, effort=boundcheck.Effort.NEAR_EXACT)
            certificate = boundcheck.verify(
                network, proposal, data, command="python examples/digits.py", progress=progress
            )
        write_bytes_whole(FOLDER / file, certificate.to_json().encode())
        out.rule(f"{name}, keep {float(KEEP)}")
        print_certificate(certificate)
        certificates[name] = certificate
    out.rule("what this means")
    out.print(meaning(certificates))
    out.print(f"Certificates: {', '.join(str(FOLDER / file) for file, _ in PROPOSALS.values())}")


def _train(checkpoint: Path) -> None:
    with working("training on digits") as progress:
        result = train_network(
            "digits", WIDTHS, "tanh", 30, 0, checkpoint, lambda stage, share: progress(f"training: {stage}")
        )
    written = ",".join(map(str, WIDTHS))
    console().print(
        f"trained {written} (tanh) in {result.seconds:.1f} s: {result.measure} {result.score:.3f}, {checkpoint}"
    )


def meaning(certificates: dict[str, Certificate]) -> str:
    """One paragraph in words, all of it read off the certificates."""
    held = [name for name, certificate in certificates.items() if certificate.verdict is boundcheck.Verdict.HOLDS]
    first = f"Certified: {', '.join(held)}." if held else "None of the proposals is certified."
    return " ".join(
        [first, *(_in_words(name, certificate) for name, certificate in certificates.items()), _caution(held)]
    )


def _in_words(name: str, certificate: Certificate) -> str:
    best = _least_error(certificate)
    if best is None or best.relative is None:
        return f"For {name} no bound is finite: {certificate.reason}."
    times = shorten(best.relative, up=True)
    where = f"{best.name}, W = {layers(best.wide)}, B = {layers(best.bottleneck)}"
    text = f"For {name} the least certified error ({where}) is {times} times that of a network that always outputs zero"
    text += ", so the bound is vacuous by that factor" if best.vacuous else ""
    blamed = _blamed(best)
    if blamed is not None:
        text += f"; the term to blame is the {blamed.name} at layer {blamed.layer} ({blamed.origin}){_share(blamed)}"
    miss = _furthest_miss(certificate)
    if miss is not None:
        rung, row = miss
        factor = shorten(row.missed_by, up=True)
        text += f"; the rung {rung.name} misses {row.id} ({row.statement}) by a factor {factor}"
    return f"{text}."


def _least_error(certificate: Certificate) -> RungRecord | None:
    bounded = [rung for rung in certificate.rungs if rung.decides and rung.error_bound is not None]
    return min(bounded, key=lambda rung: Decimal(rung.error_bound or 0), default=None)


def _blamed(rung: RungRecord) -> TermRecord | None:
    """The term that adds most; what a layer only carries on was lost before it."""
    added = [term for term in rung.terms if term.name != "carried on" and term.value is not None]
    return max(added, key=lambda term: (term.share or 0, Decimal(term.value or 0)), default=None)


def _share(term: TermRecord) -> str:
    return "" if term.share is None else f", {100 * term.share:.0f}% of it"


def _furthest_miss(certificate: Certificate) -> tuple[RungRecord, AssumptionRecord] | None:
    """The failing assumption of a deciding rung whose value and limit are farthest apart."""
    misses = [(rung, row) for rung in certificate.rungs if rung.decides for row in rung.assumptions if row.missed_by]
    return max(misses, key=lambda miss: Decimal(miss[1].missed_by or 0), default=None)


def _caution(held: list[str]) -> str:
    if len(held) == len(PROPOSALS):
        return "A certificate speaks of some pruned network with the promised number of weights, not of every one."
    return (
        "What is not certified may still be possible: the statements are sufficient conditions, and FAILS is no proof "
        "that the network cannot be pruned."
    )


if __name__ == "__main__":
    try:
        main()
    except boundcheck.BoundcheckError as error:
        sys.exit(f"error: {error}")
