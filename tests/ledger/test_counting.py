"""What is done is counted for whoever listens, each thing once, and for nobody else."""

from __future__ import annotations

from lotwork.ledger.counting import AT_ONCE, counted, listening


def test_what_nobody_listens_to_is_not_counted() -> None:
    items = [1, 2, 3]
    assert counted("things", items) is items


def test_every_item_is_counted_once_however_many_there_are() -> None:
    for many in (0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE + 7):
        told: list[int] = []
        with listening(lambda _, more, told=told: told.append(more)):  # type: ignore[misc] # its types are listening's
            assert list(counted("things", range(many))) == list(range(many))
        assert sum(told) == many
