"""Progress of a pass: which step, how many a second, how long it will take; told a few times a second."""

import time

from boundcheck.network.measure import Progress

_EVERY_SECONDS = 0.2


class StepProgress:
    """Called with each step's number from 0; passes on text and share at most a few times a second."""

    def __init__(self, progress: Progress | None, what: str, steps: int) -> None:
        self.progress, self.what, self.steps = progress, what, steps
        self.started = self.told = time.monotonic()

    def __call__(self, step: int) -> None:
        if self.progress is None:
            return
        now = time.monotonic()
        if now - self.told < _EVERY_SECONDS:
            return
        self.told = now
        rate = step / (now - self.started)
        left = (self.steps - step) / rate if rate else float("inf")
        self.progress(
            f"{self.what}: step {step:,} of {self.steps:,}, {rate:,.0f} steps/s, {duration(left)} left",
            step / self.steps,
        )


def duration(seconds: float) -> str:
    if seconds == float("inf"):
        return "?"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
