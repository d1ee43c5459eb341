"""The parts of a state that may be many, as JSON: lots, coins and findings, so many in a frame.

A book that is folded from far keeps stops on the way. Lots and coins are encoded anew for each: that is as fast as to
find out which of them stand as they did, and nobody has to hold what was written. Of findings most stand in a stop as
they stood in the one before it, and to tell them in columns costs more: their frames are remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lotwork.projections.findings import Finding
from lotwork.projections.findings_kept import shortened

IN_A_FRAME = 2_000
"""As many lots, coins or findings stand in a frame."""


def in_frames(held: Sequence[msgspec.Struct]) -> Iterator[bytes]:
    """Yield the JSON of what is *held*, frame by frame."""
    for first in range(0, len(held), IN_A_FRAME):
        yield msgspec.json.encode(held[first : first + IN_A_FRAME])


class Encoded:
    """What was encoded of the findings of one book while it is folded."""

    def __init__(self) -> None:
        self.again = True
        """Whether the book will be encoded once more: else nothing is remembered."""
        self._findings: list[tuple[list[Finding], bytes]] = []

    def findings(self, told: list[Finding]) -> Iterator[bytes]:
        """Yield the JSON of the findings *told*, frame by frame; only the last frame is not full."""
        for number, first in enumerate(range(0, len(told), IN_A_FRAME)):
            some = told[first : first + IN_A_FRAME]
            if number < len(self._findings) and self._findings[number][0] == some:
                yield self._findings[number][1]
                continue
            content = msgspec.json.encode(shortened(some))
            if self.again:
                self._findings[number:] = [(some, content)]
            yield content
