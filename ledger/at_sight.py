"""Lines that are well at sight, taken in many at once: the short way through the door (`ledger.intake`).

It takes plain receipts that tell of no book, evidence or log, and leaves every other line to the long way, in its
place. `tests/ledger/test_intake.py` holds the one against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from lotwork.ledger.events import Event
from lotwork.ledger.lined_up import RECEIPT, LinedUp
from lotwork.ledger.public_form.jsonlines import TextBlock, TextLine
from lotwork.ledger.public_form.plain_receipt import Plain, Words, at_sight, read_plain
from lotwork.ledger.slips import is_plain_word, is_well_told
from lotwork.ledger.units import AssetTable


@dataclass(slots=True)
class AtSight:
    """The short way into one book."""

    assets: Callable[[], AssetTable]
    line: Callable[[], LinedUp]
    """Where events line up, made when the first does."""
    unclear: Callable[[int], None]
    """Is told the place of what must be looked at for slips."""
    admit: Callable[[Event, str], object]
    """Takes what is told again, with where."""
    end: datetime | None
    """The instant after which nothing can have happened."""
    _words: Words = field(default_factory=partial(Words, is_plain_word))
    _run: list[tuple[str, Plain]] = field(default_factory=list)

    def take(self, block: TextBlock, waiting: list[TextLine]) -> Iterator[TextLine]:
        """Take in what is well at sight; yield each other line, in its place, and all once a line is *waiting*."""
        assets, words, run = self.assets(), self._words, self._run
        for where, content in zip(block.where, block.contents, strict=True):
            if not waiting and content.get("kind") == RECEIPT:
                told = at_sight(content, assets, words)
                if told is not None:
                    run.append((where, told))
                    continue
            self._line_up()
            yield TextLine(where, content)
            assets = self.assets()  # an `asset` may just have been declared
        self._line_up()

    def _line_up(self) -> None:
        run, end = self._run, self.end
        while run:
            line = self.line()
            first, put = len(line), line.extend(run)
            for place, (_, (name, at, _, txid, _)) in enumerate(run[:put], start=first):
                if not is_well_told(name, (name,), at, txid, end):
                    self.unclear(place)
            if put < len(run):
                where, twin = run[put]
                self.admit(read_plain(twin), where)
            del run[: put + 1]
