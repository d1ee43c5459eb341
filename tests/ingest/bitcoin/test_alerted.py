"""What a chain takes back of what was recorded is alerted, as what a pool or an exchange takes back is."""

from __future__ import annotations

from lotwork.ledger.events import Correction
from tests.ingest.bitcoin.test_index import Watcher as IndexWatcher
from tests.ingest.bitcoin.test_node import RIG, STRANGER, Watcher, chain_of, paid_to


def test_what_is_taken_back_is_alerted_by_its_names_and_what_only_moves_is_not() -> None:
    stays, *goes = (paid_to(RIG, tag=tag) for tag in range(23))
    chain = chain_of(stays, *goes, after=2)
    watcher = Watcher(chain)
    assert watcher.fetch().alerts == ()
    watcher.poll()
    del chain.blocks[:]
    for tx in ([], [stays], *([] for _ in range(40))):
        chain.mine(tx, STRANGER)
    page = watcher.fetch()
    (words,) = page.alerts
    (moved,) = (event for event in page.events if isinstance(event, Correction))
    assert str(moved.target) not in words
    assert words.count("bitcoin-regtest:") == 20
    assert "and 2 more" in words
    assert f"block 42 ({chain.hash_at(42)})" in words
    watcher.log.append(page.events)
    watcher.cursor = page.cursor
    assert watcher.fetch().alerts == ()


def test_a_server_of_histories_alerts_it_too() -> None:
    watcher = IndexWatcher(chain_of(paid_to(RIG, tag=1), after=2))
    watcher.poll()
    del watcher.chain.blocks[:]
    for _ in range(9):
        watcher.chain.mine([], STRANGER)
    (name,) = watcher.log.effective()
    (words,) = watcher.page().alerts
    assert name in words
