"""Everything that the statements claim of one drawn block, as cases."""

from collections.abc import Callable, Iterator, Sequence

from boundcheck.core.experiment import Measured

from .block_instance import DrawnBlock
from .case_builder import CaseBuilder, Options, draw_text
from .cases import Case
from .claims import Bound
from .error_cases import ErrorCases
from .known import known
from .lemma_cases import LemmaCases
from .verdict_record import NotApplicable


def block_cases(drawn: DrawnBlock, bounds: Sequence[Bound], options: Options) -> Iterator[Case | NotApplicable]:
    """All cases of the bounds that speak of such a block and such a draw."""
    fitting = [
        bound
        for bound in bounds
        if bound.experiment.spans == drawn.block.spans and drawn.draw.mode in bound.experiment.modes
    ]
    if not fitting:
        return
    values = known(drawn)
    errors, lemmas = ErrorCases(drawn, values, options), LemmaCases(drawn, values, options)
    ways: dict[Measured, Callable[[Bound], Iterator[Case]]] = {
        Measured.BLOCK_ERROR: errors.cases,
        Measured.SECOND_DERIVATIVES: lemmas.second_derivatives,
        Measured.INPUT_MOMENTS: lemmas.input_moments,
        Measured.DRAWS: lemmas.draws,
    }
    applicable = []
    for bound in fitting:
        reason = _not_applicable(errors, bound)
        if reason is None:
            applicable.append(bound)
            yield from ways[bound.experiment.measured](bound)
        else:
            yield NotApplicable(
                statement=bound.statement.id,
                variant=bound.variant_name,
                instance=drawn.block.name,
                draw=draw_text(drawn),
                reason=reason,
            )
    of_errors = [bound for bound in applicable if bound.experiment.measured is Measured.BLOCK_ERROR]
    for bound in of_errors[:1]:  # one is enough: all of them bound the same mean
        yield from errors.power_cases(bound)


def _not_applicable(builder: CaseBuilder, bound: Bound) -> str | None:
    """Why nothing is claimed of the block; None if something is."""
    problem = bound.unmet(builder.values, in_the_mean=True)
    drawn = builder.drawn
    if problem is None and not 0 < drawn.draws < drawn.units:
        problem = f"alpha processes {drawn.draws} of {drawn.units} units; some have to be, and not all"
    return problem
