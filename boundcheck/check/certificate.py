"""Recomputes a certificate: its network from the inputs, all else from the network's constants as it states them.

The constants come from floating-point products with proved error bounds, which depend a little on the machine. They are
compared with those enclosed here; all further numbers are then evaluated at the stated ones, in exact and 128-bit ball
arithmetic, and must be the same. Where stated constants differ from those enclosed here, every HOLDS must hold with
the latter as well. What a rung measures at the data is such products throughout: it is measured again, and so are the
numbers and the verdict that follow. Layer sets and parameters of the draws are taken from the file: see ``rung.py``.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from boundcheck.certify.certificate import Certificate, MeasuredRecord, ProposalRecord, RungRecord, TargetRecord
from boundcheck.certify.coverage import refuse_what_is_not_covered
from boundcheck.certify.goal import Goal
from boundcheck.certify.proposal import MODES, Granularity, Proposal, Target
from boundcheck.certify.records import network_record, proposal_record, statement_records, target_record
from boundcheck.certify.theory import Theory
from boundcheck.certify.verify import (
    VERSIONED,
    Measured,
    acceptable_error_for,
    ladder_for,
    measure,
    reason_of_rungs,
    trivial_record,
    verdict_of_rungs,
)
from boundcheck.core.rung import Scheme
from boundcheck.core.verdict import Verdict
from boundcheck.exact.ball import parse_rational, upper_decimal
from boundcheck.network.data import Data, check_data
from boundcheck.network.layer_sets import LayerSets, check_layer_sets
from boundcheck.network.measure import measured_input_radius
from boundcheck.network.network import Network, with_input_radius

from .compare import Bound, Bounds, by_name, compare
from .findings import Part
from .network import check_lower_ends, rebuilt_network, with_recorded_constants
from .places import Places, recorded_data, split_inputs
from .provenance import check_versions
from .reading import Document
from .rung import Question, recomputed_rung

# Of a checkpoint and of data: floats with error bounds. Stated networks are computed in balls.
MEASURED = by_name(
    {
        **dict.fromkeys(("operator_norm", "block_norm", "c_1", "c_2", "input_radius"), Bound.BOTH),
        **dict.fromkeys(("column_norm", "row_norm", "bias_norm", "output_at_zero"), Bound.BOTH),
        **dict.fromkeys(("largest_entry", "lipschitz", "curvature"), Bound.UPPER),
    }
)
STATED = by_name(
    dict.fromkeys(
        (
            *("operator_norm", "block_norm", "c_1", "c_2", "input_radius", "largest_entry", "lipschitz", "curvature"),
            *("column_norm", "row_norm", "bias_norm", "output_at_zero"),
        ),
        Bound.UPPER,
    )
)
UPPER = (
    *("error_bound", "relative", "kept_fraction", "kept_fraction_network", "unquantized_fraction", "error"),
    *("unquantized_fraction_network", "requested_fraction_network", "promised_kept", "promised_unquantized"),
    *("missed_by", "value"),
)
RUNG = {
    **dict.fromkeys(UPPER, Bound.UPPER),
    **dict.fromkeys(("margin", "delta", "least_delta", "unchanged_predictions"), Bound.LOWER),
    "loss_bound": Bound.BOTH,
}
AT_DATA = {
    **RUNG,
    **dict.fromkeys(("error_bound", "relative", "error", "value"), Bound.BOTH),
    **dict.fromkeys(MeasuredRecord.model_fields.keys() - {"effort"}, Bound.BOTH),
}


def check_certificate(document: Document, certificate: Certificate, places: Places) -> list[Part]:
    """Part by part. Raises InputError where an input is missing or cannot be read."""
    provenance, inputs = Part("provenance"), Part("inputs")
    check_versions(provenance, certificate.provenance.versions, VERSIONED)
    provenance.same("provenance.seed", certificate.provenance.seed, None, "nothing random is used")
    provenance.take_as_recorded("provenance.command", "no claim depends on it")
    rebuilt = rebuilt_network(inputs, certificate, places)
    data = _data(inputs, certificate, places)
    if rebuilt is None:
        return [provenance, inputs]
    return [provenance, inputs, *_Check(document.content, certificate, rebuilt, data).parts()]


def _data(part: Part, certificate: Certificate, places: Places) -> Data | None:
    provenance = certificate.provenance
    _, described = split_inputs(provenance.inputs_sha256)
    if not part.expect(len(described) <= 1, "provenance.inputs_sha256", described, "one data set at most"):
        return None
    if not described:
        return None
    (description,) = described
    return recorded_data(part, description, provenance.inputs_sha256[description], places, provenance.command)


class _Check:
    """The claims of one certificate; ``rebuilt`` is the network as it is read or built here, without data."""

    def __init__(self, content: Mapping[str, Any], said: Certificate, rebuilt: Network, data: Data | None) -> None:
        self.content, self.said, self.data = content, said, data
        self.rebuilt = rebuilt

    def parts(self) -> list[Part]:
        """Network, proposal, target, statements, each rung, verdict."""
        network, proposal = Part("network"), Part("proposal")
        stated = self._network(network)
        asked = self._proposal(proposal)
        if stated is None or asked is None:
            return [network, proposal]
        ladder = ladder_for(asked, self.data)
        with network.refusing("network.layers"):
            refuse_what_is_not_covered(stated, ladder, asked.sets)
        target, goals = Part("target"), None
        with target.refusing("target"):
            goals = self._goals(target, stated, asked, ladder)
        if goals is None:
            return [network, proposal, target]
        own, question = goals
        statements = Part("statements")
        self._compare(statements, "statements", statement_records(ladder), lambda path: None)
        rungs, records = self._rungs(question, own, ladder)
        return [network, proposal, target, statements, *rungs, self._verdict(records)]

    def _compare(self, part: Part, path: str, recomputed: Any, bounds: Bounds) -> None:
        compare(part, path, self.content[path], _json(recomputed), bounds)

    def _network(self, part: Part) -> Network | None:
        """The stated network, once its constants are found to be those of the rebuilt one."""
        if self.data is not None:
            with part.refusing("network.widths"):
                check_data(self.data, self.rebuilt)
                self.rebuilt = with_input_radius(self.rebuilt, measured_input_radius(self.data))
        record = self.said.network
        self._compare(part, "network", network_record(self.rebuilt), _network_bounds(self.rebuilt))
        if len(record.layers) != self.rebuilt.depth:
            return None
        with part.refusing("network"):
            check_lower_ends(part, self.rebuilt, record)
            return with_recorded_constants(self.rebuilt, record)
        return None

    def _proposal(self, part: Part) -> Proposal | None:
        with part.refusing("proposal"):
            asked = _proposal(self.said.proposal, self.said.target)
            if asked.sets is not None:
                check_layer_sets(asked.sets, self.rebuilt.depth)
            self._compare(part, "proposal", proposal_record(asked), lambda path: None)
            return asked
        return None

    def _goals(
        self, part: Part, stated: Network, asked: Proposal, ladder: tuple[Theory, ...]
    ) -> tuple[Question, Question]:
        """What the rungs are measured against: with the constants enclosed here, and with the stated ones."""
        own = measure(self.rebuilt, self.data, lambda stage: None)
        said = self.said.trivial_bound
        trivial = own if self.data is not None else measure(stated, None, lambda stage: None)
        lower = by_name({"value": Bound.BOTH if self.data is not None else Bound.LOWER})
        self._compare(part, "trivial_bound", trivial_record(trivial), lower)
        loss = None if own.loss is None else upper_decimal(own.loss)
        self._compare(part, "dense_loss", loss, lambda path: Bound.BOTH)
        measured = Measured(parse_rational(said.value), trivial.worst_case, own.loss)
        questions = []
        for network, found in ((self.rebuilt, own), (stated, measured)):
            error = acceptable_error_for(asked, network, ladder, found)
            goal = Goal(error, found.trivial, asked.target.xi, own.least_changes)
            questions.append(Question(network, asked, goal, found.loss, self.data))
        self._compare(
            part, "target", target_record(asked.target, questions[1].goal.error), by_name({"error": Bound.LOWER})
        )
        return questions[0], questions[1]

    def _rungs(
        self, question: Question, own: Question, ladder: tuple[Theory, ...]
    ) -> tuple[list[Part], list[RungRecord]]:
        """Each rung evaluated at its stated parameters, in the order of the ladder."""
        said = self.said.rungs
        expected, names = [theory.rung.name for theory in ladder], [rung.name for rung in said]
        order = Part("rungs")
        order.expect(expected == names, "rungs", ", ".join(names), ", ".join(expected), "the ladder has these rungs")
        parts, records = [order], []
        for theory in ladder:
            places = [place for place, rung in enumerate(said) if rung.name == theory.rung.name]
            if not places:
                continue
            path, rung = f"rungs[{places[0]}]", said[places[0]]
            part = Part(f"rung {rung.name}")
            with part.leaving_open(path):
                found = recomputed_rung(part, path, theory, question, rung)
                if found is not None:
                    records.append(found)
                    compare(part, path, self.content["rungs"][places[0]], _json(found), _rung_bounds(theory, found))
                    self._confirm(part, path, theory, own, question, rung)
            parts.append(part)
        return parts, records

    def _confirm(
        self, part: Part, path: str, theory: Theory, own: Question, stated: Question, said: RungRecord
    ) -> None:
        """A HOLDS must hold with the constants enclosed here, if they are not the stated ones."""
        is_own = network_record(own.network) == network_record(stated.network) and own.goal == stated.goal
        if is_own or said.verdict is not Verdict.HOLDS:
            return
        found = recomputed_rung(Part(""), path, theory, own, said)
        if found is None or found.verdict is not Verdict.HOLDS:
            why = "holds with the stated constants, and not with those enclosed here, which differ in their last digits"
            part.leave_open(f"{path}.verdict", why, said.verdict)

    def _verdict(self, records: list[RungRecord]) -> Part:
        part = Part("verdict")
        if not any(record.decides for record in records):
            part.leave_open("verdict", "no deciding rung could be evaluated", self.said.verdict)
            return part
        verdict = verdict_of_rungs(records)
        self._compare(part, "verdict", verdict.value, lambda path: None)
        self._compare(part, "reason", reason_of_rungs(verdict, records), lambda path: None)
        return part


def _proposal(record: ProposalRecord, target: TargetRecord) -> Proposal:
    """The proposal that the record is of. Raises InputError if there can be none."""

    def number(text: str | None) -> Fraction | None:
        return None if text is None else parse_rational(text)

    granularity = next((word for word, mode in MODES.items() if mode is record.mode), Granularity.UNSTRUCTURED)
    sets = None
    if record.wide is not None or record.bottleneck is not None:
        sets = LayerSets(frozenset(record.wide or ()), frozenset(record.bottleneck or ()))
    return Proposal(
        keep=number(record.keep),
        levels=record.levels,
        unquantized=number(record.unquantized),
        sets=sets,
        bernoulli=number(record.bernoulli),
        alpha=number(record.alpha),
        target=replace(Target(relative=Fraction(1)), **{"relative": None, target.kind: parse_rational(target.value)}),
        granularity=granularity,
        draw=record.draw,
        effort=record.effort,
    )


def _network_bounds(network: Network) -> Bounds:
    return MEASURED if network.origin.kind == "checkpoint" else STATED


def _rung_bounds(theory: Theory, recomputed: RungRecord) -> Bounds:
    """As RUNG or AT_DATA, with the values and limits of assumptions rounded by the sense of the relation."""
    plain = by_name(AT_DATA if theory.rung.scheme is Scheme.PER_SAMPLE else RUNG)

    def bounds(path: str) -> Bound | None:
        found = re.search(r"\.assumptions\[(\d+)\]\.(value|limit)$", path)
        if found is None:
            return None if ".parameters." in path and not path.endswith("delta") else plain(path)
        is_falling = recomputed.assumptions[int(found[1])].relation.startswith(">")
        return Bound.LOWER if is_falling == (found[2] == "value") else Bound.UPPER

    return bounds


def _json(recomputed: Any) -> Any:
    if isinstance(recomputed, BaseModel):
        return recomputed.model_dump(mode="json", by_alias=True)
    return [_json(one) for one in recomputed] if isinstance(recomputed, list) else recomputed
