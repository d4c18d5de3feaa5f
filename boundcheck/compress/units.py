"""What one draw replaces, by mode and role of the layer, and where a weight counts it."""

from boundcheck.core.rung import Mode, Unit

WHOLE_NEURONS = {Unit.COLUMNS, Unit.ROWS, Unit.INPUT_FILTERS, Unit.OUTPUT_FILTERS}
_WIDE = {Mode.STRUCTURED: Unit.COLUMNS, Mode.CONV: Unit.INPUT_FILTERS}
_BOTTLENECK = {Mode.STRUCTURED: Unit.ROWS, Mode.CONV: Unit.OUTPUT_FILTERS}


def unit_of(mode: Mode, is_wide: bool) -> Unit:
    """What one draw replaces in a wide layer or a bottleneck."""
    return (_WIDE if is_wide else _BOTTLENECK).get(mode, Unit.ENTRIES)


def unit_axis(unit: Unit) -> int | None:
    """The axis of a weight (or of kernels) that counts the units; None where every entry is one."""
    if unit is Unit.ENTRIES:
        return None
    return 0 if unit in (Unit.ROWS, Unit.OUTPUT_FILTERS) else 1
