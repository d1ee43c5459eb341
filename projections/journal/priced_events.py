"""What happened, each thing at what it was worth, as far as the log knows a price."""

from __future__ import annotations

from collections.abc import Iterator

from lotwork.ledger.events import Event
from lotwork.ledger.history import History
from lotwork.projections.pricing import Prices, priced


def priced_events(history: History) -> Iterator[Event]:
    """Yield every effective event in its order, receipts and fees valued where a price of their minute is recorded."""
    return priced(history.events(), Prices(iter(history.of_kind("price"))), history.assets, [], {})
