"""One thread for BLAS, OpenMP and torch: sums then come out the same on any number of cores."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, TypeVar

from boundcheck.network.torch_threads import one_thread

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


@contextmanager
def one_thread_everywhere() -> Iterator[None]:
    """In this process, for what is loaded and, by the environment, for what is loaded meanwhile; then put back."""
    from threadpoolctl import threadpool_limits

    before = {name: os.environ.get(name) for name in _VARIABLES}
    os.environ.update(dict.fromkeys(_VARIABLES, "1"))
    try:
        with ExitStack() as stack:
            stack.enter_context(threadpool_limits(1))
            if "torch" in sys.modules:
                stack.enter_context(one_thread())
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


T = TypeVar("T")


def on_one_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Call it in a process that from now on has one thread everywhere."""
    _from_now_on()
    return function(*arguments)


@cache
def _from_now_on() -> ExitStack:
    """Entered and never left; the cache holds on to it, since losing it would put everything back."""
    stack = ExitStack()
    stack.enter_context(one_thread_everywhere())
    return stack
