"""How many threads torch works with."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Small operations gain little from more, and on a busy machine waiting threads cost a factor of fifty.

    It also makes the result independent of the number of cores. The setting is put back afterwards.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
