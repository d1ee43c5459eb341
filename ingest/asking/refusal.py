"""Why one attempt to ask failed: worth another, or final. Never leaves ingest.asking.http."""

from __future__ import annotations


class AskAgainError(Exception):
    """The failure may pass; *wait_seconds* is how long the server asked us to wait, 0 where it did not say."""

    def __init__(
        self,
        reason: str,
        remedy: str,
        *,
        wait_seconds: float = 0.0,
        body: bytes | None = None,
        is_limit: bool = False,
    ) -> None:
        self.reason = reason
        self.remedy = remedy
        self.wait_seconds = wait_seconds
        self.is_limit = is_limit
        """Whether it is the number of our questions that stands in the way."""
        self.body = body
        """What came instead of an answer, where something did and it proves the answer wrong; else None."""
        super().__init__(reason)


class RefusedBodyError(Exception):
    """The answer must not be believed, and asking again would bring the same."""

    def __init__(
        self, reason: str, remedy: str, body: bytes = b"", *, status: int | None = None, said: str = ""
    ) -> None:
        self.reason = reason
        self.remedy = remedy
        self.body = body
        self.status = status
        self.said = said
        super().__init__(reason)
