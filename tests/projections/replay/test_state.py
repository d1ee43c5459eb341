"""The digest of a book changes with every figure, and with nothing else."""

from __future__ import annotations

import msgspec
import pytest

from lotwork.projections.replay.state import digest_of, in_pieces
from tests.projections.house import book_of, receipt, sale

LINES = (receipt("a", "2025-01-01", "1"), receipt("b", "2025-02-01", "1", None), sale("s", "2025-03-01", "0.5", "60"))


@pytest.mark.parametrize(
    "changed",
    [
        (receipt("a", "2025-01-01", "1.1"), *LINES[1:]),
        (receipt("a", "2025-01-01", "1", "101"), *LINES[1:]),
        (receipt("a", "2025-01-01", "1", wallet="hot"), *LINES[1:]),
        (receipt("a", "2025-01-01", "1", income="other"), *LINES[1:]),
        (receipt("z", "2025-01-01", "1"), *LINES[1:]),
        (LINES[0], receipt("b", "2025-02-01", "2", None), LINES[2]),
        (*LINES[:2], sale("s", "2025-03-01", "0.5", "61")),
        LINES[:2],
    ],
)
def test_any_other_figure_is_another_state(changed: tuple[dict[str, object], ...]) -> None:
    assert digest_of(book_of(*changed)) != digest_of(book_of(*LINES))


def test_a_note_and_the_years_kept_are_no_figures() -> None:
    noted = [line | {"note": "n", "source": "s"} for line in LINES]
    assert digest_of(book_of(*noted, years=())) == digest_of(book_of(*reversed(LINES)))


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 600])
def test_a_list_in_pieces_is_the_json_of_the_list(size: int) -> None:
    told = [("BTC", number, None) for number in range(size)]
    assert b"".join(in_pieces(told)) == msgspec.json.encode(told)
