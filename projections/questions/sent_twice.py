"""What was seen to leave a wallet, and where another teller says that it went, or for what: perhaps one and the same.

Arrivals are held against both (`likely_twins`); a movement that nobody explained is asked about already, in one place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lotwork.ledger import events as e
from lotwork.ledger.units import ONE_DAY, AssetTable
from lotwork.projections.findings import Finding, put_for
from lotwork.projections.questions import alike
from lotwork.projections.questions.alike import Sent
from lotwork.projections.questions.asking import ask_of_sent
from lotwork.projections.questions.lately import Lately
from lotwork.projections.questions.unexplained import UNEXPLAINED

_OF_SENT = alike.who_told, alike.leaves_at, alike.looks_where_left


@dataclass(slots=True)
class SentTwice:
    """Holds movements of a day against the transfers and sales of one wallet."""

    assets: AssetTable
    findings: list[Finding]
    book: str
    may_ask: Callable[[e.Event, e.Event], bool]
    """Says if nobody answered yet what the first of two is, and no other question asks of them."""
    lately: Lately[Sent] = field(default_factory=lambda: Lately(ONE_DAY, *_OF_SENT))

    def take(self, sent: Sent) -> None:
        """Ask of a movement and a transfer or sale of one wallet if they are one."""
        for other in self.lately.find(sent):
            seen, said = (sent, other) if isinstance(sent, e.Movement) else (other, sent)
            if not isinstance(seen, e.Movement) or isinstance(said, e.Movement):
                continue
            if self.may_ask(seen, said) and alike.may_be_one(seen, said):
                self.lately.drop(other)
                # in the place of what nobody explained: its other answers make it a sale too
                put_for(UNEXPLAINED, self.findings, ask_of_sent(self.book, self.assets, seen, said))
                return
        self.lately.keep(sent)
