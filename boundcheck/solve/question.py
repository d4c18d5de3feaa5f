"""What is asked of every rung, and the rung's answer at one value: HOLDS, FAILS or UNKNOWN."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from boundcheck.certify.certificate import RungRecord
from boundcheck.certify.goal import Goal
from boundcheck.certify.measured_blocks import BlockMeasure
from boundcheck.certify.outcome import Outcome
from boundcheck.certify.proposal import Proposal
from boundcheck.certify.rungs import run_rung, rung_record
from boundcheck.certify.theory import Theory
from boundcheck.certify.verify import Measured, acceptable_error_for, measure
from boundcheck.core.errors import InputError
from boundcheck.core.verdict import Verdict
from boundcheck.network.layer_sets import LayerSets
from boundcheck.network.network import Network

# A network for every width of one layer; None where there is only one network.
NetworkOfWidth = Callable[[int], Network]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Question:
    """A network, what is proposed but for what is searched, what the data say, and every rung that answers.

    measures: what the rungs that measure at the data measure with; what is measured once serves all evaluations.
    """

    network: Network
    proposal: Proposal
    measured: Measured
    ladder: tuple[Theory, ...]
    measures: Mapping[Theory, BlockMeasure | None]

    def goal(self, network: Network | None = None) -> Goal:
        """What an error is measured against; for another width of a layer, that network's."""
        measured = self.measured if network is None else measure(network, None, lambda stage: None)
        error = acceptable_error_for(self.proposal, network or self.network, self.ladder, measured)
        return Goal(error, measured.trivial, self.proposal.target.xi, measured.least_changes)

    def run(self, theory: Theory, proposal: Proposal, goal: Goal, network: Network | None = None) -> RungRecord:
        """One rung; whatever goes wrong in the arithmetic leaves it UNKNOWN."""
        asked = network or self.network
        try:
            return run_rung(theory, asked, proposal, goal, self.measured.loss, self.measures[theory])
        except InputError:
            raise
        except Exception as error:
            return self.undecided(theory, proposal, goal, error, asked)

    def undecided(
        self, theory: Theory, proposal: Proposal, goal: Goal, error: Exception, network: Network | None = None
    ) -> RungRecord:
        """UNKNOWN, with what went wrong."""
        problem = f"could not be evaluated ({type(error).__name__}: {error})"
        sets = proposal.sets or LayerSets(frozenset(), frozenset())
        outcome = Outcome(sets, (), conditions=Verdict.UNKNOWN, problem=problem)
        return rung_record(theory, network or self.network, proposal, goal, self.measured.loss, outcome)
