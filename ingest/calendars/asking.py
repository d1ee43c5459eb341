"""Asking calendars: a digest is sent, a promise comes back, and later the way from it to a block.

Nothing leaves but 32 bytes: the SHA-256 of the file's SHA-256 with 16 random bytes, by which no calendar can tell what
was stamped, nor that two stamps are of one file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lotwork.ingest.asking.http import BoundedClient, Bounds
from lotwork.ingest.asking.once import said_once
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.question import Question
from lotwork.ingest.calendars.proof import BrokenProofError, Pending, Proof, is_known_calendar
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, LotworkError

MOST_ANSWER_BYTES = 10_000
"""The longest answer of a calendar that OpenTimestamps' own client reads."""

NO_CALENDAR = "takes no digests there: correct its address in [stamp] calendars"
NOT_YET = "has no such stamp yet: try again in some hours"


class Said(NamedTuple):
    """What a calendar answered: whether the proof grew by it, and else why not."""

    calendar: str
    answered: bool
    words: str


class Calendars:
    """The calendars of the settings, and of those that they or OpenTimestamps know, whom a proof names."""

    def __init__(self, addresses: tuple[str, ...], clock: Clock, *, allow_private: bool, seconds: float) -> None:
        self._addresses = tuple(dict.fromkeys(address.rstrip("/") for address in addresses))
        self._clock, self._allow_private = clock, allow_private
        self._pace = Pace(clock)
        self._bounds = Bounds(deadline_seconds=seconds, most_bytes=MOST_ANSWER_BYTES)

    def stamp(self, proof: Proof, sent: bytes) -> Iterator[Said]:
        """Send *sent* to each calendar, and join what comes back to *proof*."""
        for address in self._addresses:
            yield self._join(
                proof, address, sent, Question(url=f"{address}/digest", raw=sent, binary=True), NO_CALENDAR
            )

    def upgrade(self, proof: Proof) -> Iterator[Said]:
        """Ask for the block behind each promise of *proof*, and join what comes back to it.

        A proof comes from strangers too: only calendars that the settings or OpenTimestamps name are asked.
        """
        for promise in proof.pending():
            address = promise.calendar.rstrip("/")
            if address in self._addresses or is_known_calendar(address):
                yield self._ask_later(proof, address, promise)
            else:
                words = "is in no list of calendars, and was not asked: name it in [stamp] calendars where you trust it"
                yield Said(address, answered=False, words=words)

    def _ask_later(self, proof: Proof, address: str, promise: Pending) -> Said:
        question = Question(url=f"{address}/timestamp/{promise.commitment.hex()}", binary=True)
        before = proof.attested()
        said = self._join(proof, address, promise.commitment, question, NOT_YET)
        if said.answered and proof.attested() == before:
            return Said(address, answered=False, words="knows no block yet: try again in some hours")
        return said

    def _join(self, proof: Proof, address: str, commitment: bytes, question: Question, missing: str) -> Said:
        try:
            answer = self._client(address).ask_bytes(question, item="a stamp")
            if answer is None:
                return Said(address, answered=False, words=missing)
            proof.add(commitment, answer)
        except ConfigError:
            raise
        except BrokenProofError as broken:
            return Said(address, answered=False, words=str(broken))
        except LotworkError as refused:
            return Said(address, answered=False, words=said_once(str(refused)))
        return Said(address, answered=True, words="")

    def _client(self, address: str) -> BoundedClient:
        return BoundedClient(
            source=f"calendar {address}",
            clock=self._clock,
            pace=self._pace,
            allow_private=self._allow_private,
            bounds=self._bounds,
        )
