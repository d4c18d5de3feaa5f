"""Collects what a check finds, part by part."""

from collections.abc import Iterator
from contextlib import contextmanager

from boundcheck.core.errors import BoundcheckError

from .report import Answer, Finding, PartRecord

LONGEST_VALUE = 200


class Part:
    """One part of the file while it is checked."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.compared = 0
        self.findings: list[Finding] = []

    def expect(
        self, holds: bool, path: str, recorded: object = None, recomputed: object = None, why: str | None = None
    ) -> bool:
        """Count a comparison, and note where it fails."""
        self.compared += 1
        if not holds:
            self._note(path, Answer.DIFFERS, recorded, recomputed, why)
        return holds

    def same(self, path: str, recorded: object, recomputed: object, why: str | None = None) -> bool:
        """As expect, for values that must be equal."""
        is_same = type(recorded) is type(recomputed) and recorded == recomputed
        return self.expect(is_same, path, recorded, recomputed, why)

    def leave_open(self, path: str, why: str, recorded: object = None) -> None:
        """A field that could not be checked."""
        self._note(path, Answer.OPEN, recorded, None, why)

    def take_as_recorded(self, path: str, why: str) -> None:
        """A field that nothing can recompute."""
        self._note(path, Answer.RECORDED, None, None, why)

    @contextmanager
    def refusing(self, path: str, recorded: object = None) -> Iterator[None]:
        """What boundcheck refuses as input cannot have come out of it: it does not match."""
        try:
            yield
        except BoundcheckError as error:
            self.expect(False, path, recorded, None, str(error))

    @contextmanager
    def leaving_open(self, path: str) -> Iterator[None]:
        """What the arithmetic cannot do is left open."""
        try:
            yield
        except (ArithmeticError, ValueError, MemoryError) as error:
            self.leave_open(path, f"the arithmetic failed ({type(error).__name__}: {error})")

    @property
    def has_differences(self) -> bool:
        """Whether something does not match so far."""
        return any(finding.answer is Answer.DIFFERS for finding in self.findings)

    def record(self) -> PartRecord:
        """The part as the report has it."""
        return PartRecord(
            name=self.name,
            answer=worst([f.answer for f in self.findings]),
            compared=self.compared,
            findings=self.findings,
        )

    def _note(self, path: str, answer: Answer, recorded: object, recomputed: object, why: str | None) -> None:
        finding = Finding(path=path, answer=answer, recorded=_text(recorded), recomputed=_text(recomputed), why=why)
        if finding not in self.findings:
            self.findings.append(finding)


def worst(answers: list[Answer]) -> Answer:
    """DIFFERS before OPEN before AGREES."""
    return next((answer for answer in (Answer.DIFFERS, Answer.OPEN) if answer in answers), Answer.AGREES)


def _text(value: object) -> str | None:
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
