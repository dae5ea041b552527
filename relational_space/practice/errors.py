"""The two errors of this package, each for one reader. Their message is a sentence that says what to do."""


class PracticeError(ValueError):
    """For the author of a practice file: where it is, what stands there, what would be right."""

    def __init__(self, source: str, where: str, problem: str) -> None:
        self.source, self.where, self.problem = source, where, problem
        super().__init__(": ".join(part for part in (source, where, problem) if part))


class Refused(Exception):
    """A person's command does not fit this moment. Nothing has happened."""
