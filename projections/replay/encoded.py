"""The parts of a state that may be many, as JSON: lots, coins and findings, so many in a frame.

A book that is folded from far keeps stops on the way. Lots and coins are encoded anew for each: that costs about what
it does to find out which of them stand as they did, and nobody has to hold what was written. Of findings most stand in
a stop as they stood in the one before it, and to tell them in columns costs more: their frames are remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from lotwork.projections.findings import Finding
from lotwork.projections.findings_kept import Outline, shortened

IN_A_FRAME = 2_000
"""As many lots, coins or findings stand in a frame."""


def in_frames(held: Sequence[msgspec.Struct]) -> Iterator[bytes]:
    """Yield the JSON of what is *held*, frame by frame."""
    for first in range(0, len(held), IN_A_FRAME):
        yield msgspec.json.encode(held[first : first + IN_A_FRAME])


class ToldFrame(NamedTuple):
    """Findings of one frame, as JSON too, and what a summary asks of them."""

    findings: list[Finding]
    json: bytes
    outline: Outline

    @classmethod
    def of(cls, findings: list[Finding]) -> ToldFrame:
        """Return the frame of *findings*."""
        return cls(findings, msgspec.json.encode(shortened(findings)), Outline.of(findings))


class Encoded:
    """The frames of findings of one book as they were encoded last, while it is folded."""

    def __init__(self) -> None:
        self._frames: list[ToldFrame] = []

    def findings(self, told: list[Finding]) -> Sequence[ToldFrame]:
        """Return the findings *told* in frames, of which only the last is not full."""
        frames = list[ToldFrame]()
        for number, first in enumerate(range(0, len(told), IN_A_FRAME)):
            some = told[first : first + IN_A_FRAME]
            known = self._frames[number] if number < len(self._frames) else None
            frames.append(known if known is not None and known.findings == some else ToldFrame.of(some))
        self._frames = frames
        return frames
