"""How a cost grows with a size: the exponent of the power law that fits best."""

import math
from collections.abc import Sequence

from scipy.stats import linregress


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> str:
    """The slope of least squares in logarithms, with its standard error where there are points enough for one."""
    found = linregress([math.log(size) for size in sizes], [math.log(cost) for cost in costs])
    return f"{found.slope:.2f} ± {found.stderr:.2f}" if len(sizes) > 2 else f"{found.slope:.2f}"
