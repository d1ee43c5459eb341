"""Asking each watched script for its history, and holding the answer against what was told and proven before."""

from __future__ import annotations

from collections.abc import Callable

from lotwork.ingest.bitcoin.blocks import moved
from lotwork.ingest.bitcoin.index.asked import Entry, Index, Listed
from lotwork.ingest.bitcoin.index.standing import Known, Standing, Told
from lotwork.ingest.bitcoin.watching import ChainWatch
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

NOTHING = Listed(0, ())
TOGETHER = 50
"""Scripts that are asked together, where a server answers so."""


class Lister:
    """Goes on with the listing of a round; *fork* is the highest block read that is on the chain still."""

    def __init__(self, watch: ChainWatch, server: Index, at: Standing, fork: tuple[int, str]) -> None:
        self._watch = watch
        self._server = server
        self._at = at
        self._fork = fork

    def go_on(self, in_time: Callable[[], bool]) -> bool:
        """Ask the scripts that are still to be asked, one at least, while there is time.

        What stops it once some were asked stops it there, and is told at the next look.

        Returns False where the past has more than was counted: the chain is then to be read from its start.
        """
        done = 0
        while self._at.pending and (not done or in_time()):
            try:
                if done % TOGETHER == 0:
                    self._server.prepare([bytes.fromhex(script) for script in self._at.pending[:TOGETHER]])
                if not self._list(self._at.pending[0]):
                    return False
            except (SourceUnreachableError, SourceRefusedError):
                if not done:
                    raise
                break
            del self._at.pending[0]
            done += 1
        return True

    def _list(self, script: str) -> bool:
        at, asked = self._at, bytes.fromhex(script)
        state = self._server.state(asked)
        known = at.known.get(script)
        if known is not None and known.state == state and state:
            return True
        floor = at.scan.floor
        listed = self._server.history(asked, floor) if state else NOTHING
        above = sorted({entry for entry in listed.entries if entry.height > floor})
        settled = listed.total - len(above)
        if settled != (known.settled if known else 0) and not self._counted(script, settled, known):
            return False
        told = [entry for entry in above if entry.height <= at.tip]
        self._compare(script, known.recent if known else [], told)
        state = state if told == above else ""
        before = known or Known("", 0, [])
        at.known[script] = Known(state, before.settled, before.recent, Told(settled, told))
        if listed.total:
            fresh = self._watch.watched.note_paid(asked, at.scan.used)
            at.watch_also((each.hex(), wallet) for each, wallet in fresh.items())
        return True

    def _counted(self, script: str, settled: int, known: Known | None) -> bool:
        """Say if a list may be gone on with whose older part has another length than was known; count it whole first.

        It may where nothing is known yet and all of it lies before the start. An older part that shrank contradicts
        what was proven.
        """
        scan = self._at.scan
        if known is not None and settled < known.settled:
            raise self._contradiction(script)
        whole = set(self._server.history(bytes.fromhex(script), -1).entries)
        below = [entry for entry in whole if entry.height <= scan.floor]
        self._stand_still()
        if len(below) != settled:
            raise SourceUnreachableError(
                f"{self._watch.called}: it counts other transactions of script {script} than it lists: nothing of "
                "this look is recorded; it will be asked again"
            )
        return known is None and all(entry.height < scan.start_height for entry in below)

    def _compare(self, script: str, known: list[Entry], told: list[Entry]) -> None:
        """Note what is told late; what was proven and is told no more contradicts the chain."""
        at = self._at
        here = set(told)
        if any(entry.height <= self._fork[0] and entry not in here for entry in known):
            raise self._contradiction(script)
        before = set(known)
        late = [entry.height for entry in told if entry.height <= at.scan.height and entry not in before]
        at.late = min([*late, *([at.late] if at.late else [])], default=0)

    def _contradiction(self, script: str) -> SourceUnreachableError:
        self._stand_still()
        return contradicts(self._watch.called, f"transactions of script {script}")

    def _stand_still(self) -> None:
        """Raise the error for a chain that moved, where it did since this look began: then nothing contradicts it."""
        height, name = self._fork
        if self._server.block_hash(height) != name:
            raise moved(self._watch.called, height)


def contradicts(who: str, what: str) -> SourceUnreachableError:
    """Return the error for a server that leaves out what it proved before."""
    return SourceUnreachableError(
        f"{who}: it lists {what} no more that it proved to stand in blocks which are on its chain still: it is behind, "
        "or hides them: nothing is taken back; it will be asked again"
    )
