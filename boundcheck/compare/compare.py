"""`compare`: a pair of networks and data in, a record of what the compression saved and what it cost out."""

from dataclasses import dataclass
from fractions import Fraction

from boundcheck.core.errors import InputError
from boundcheck.exact.ball import rational_text
from boundcheck.network.data import Data, check_data
from boundcheck.network.measure import Progress, measured_input_radius

from .limits import Fresh, check_radius, limits
from .notes import notes
from .outputs import enclose, prediction_changes, squared_errors
from .pair import Pair
from .record import ComparisonRecord, DataRecord, PredictionsRecord
from .recording import (
    error_record,
    fresh_record,
    network_record,
    provenance,
    scores,
    size_records,
    target_record,
    up,
)


@dataclass(frozen=True)
class Acceptable:
    """The mean error that would be acceptable: times E||Phi||^2, or as a squared distance; exactly one is set."""

    relative: Fraction | None = None
    absolute: Fraction | None = None

    def __post_init__(self) -> None:
        if (self.relative is None) == (self.absolute is None):
            raise InputError("acceptable error: expected exactly one of max-relative-error and max-error; keep one")
        name, value = ("max-error", self.absolute) if self.relative is None else ("max-relative-error", self.relative)
        if value is not None and value < 0:
            raise InputError(f"{name}={rational_text(value)}: expected a number of at least 0; raise it")


def compare(
    pair: Pair,
    data: Data,
    *,
    fresh: Fresh | None = None,
    acceptable: Acceptable | None = None,
    command: str | None = None,
    progress: Progress | None = None,
) -> ComparisonRecord:
    """Compare a compressed network with the dense one on data.

    pair: from `read_pair`. fresh: only if the samples are independent draws that did not choose the compression; gives
    limits for the distribution that they come from. acceptable: gives a verdict. command: recorded as provenance.
    Raises InputError if the data do not fit, and for samples beyond the input radius that was stated.
    """
    check_data(data, pair.dense)
    if fresh is not None:
        check_radius(fresh, data)
    outputs = enclose(pair, data, progress)
    errors = squared_errors(outputs)
    changes = prediction_changes(pair, outputs) if _predicts(pair, data) else None
    found = None if fresh is None else limits(pair, fresh, errors, changes, progress)
    layers, totals = size_records(pair)
    return ComparisonRecord(
        provenance=provenance(pair, data, command),
        dense=network_record(pair.dense),
        compressed=network_record(pair.compressed),
        layers=layers,
        totals=totals,
        data=DataRecord(
            description=data.description, samples=len(data.inputs), input_radius=up(measured_input_radius(data))
        ),
        error=error_record(errors, outputs),
        predictions=None
        if changes is None
        else PredictionsRecord(
            changed=int(changes.changed.sum()),
            unchanged=int(changes.unchanged.sum()),
            undecided=int(changes.undecided.sum()),
        ),
        scores=scores(pair, outputs, data),
        fresh=None if fresh is None or found is None else fresh_record(fresh, found),
        target=None if acceptable is None else target_record(acceptable.relative, acceptable.absolute, errors, outputs),
        notes=notes(pair, fresh, found),
    )


def _predicts(pair: Pair, data: Data) -> bool:
    """Whether the largest output means something: there are several, and the data do not say that they are targets."""
    return pair.dense.widths[-1] > 1 and (data.labels is not None or data.targets is None)
