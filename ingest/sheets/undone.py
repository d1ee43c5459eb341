"""Rows that say in a column no figure is made of that they did not happen, or went the other way.

A pool lists a payout that failed, an exchange a withdrawal among deposits: read by its amount alone each is a wrong
figure. The map must say which rows count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from lotwork.ingest.sheets.likeness import words_of
from lotwork.ingest.sheets.table import SHOWN, Row
from lotwork.ledger.errors import Problem
from lotwork.ledger.not_yet import NOT_YET, says_not_yet

NEVER = frozenset(
    {
        "incomplete", "failed", "failure", "error", "rejected", "declined", "expired", "canceled", "cancelled",
        "voided", "reversed", "reverted", "refunded", "returned", "dropped", "orphaned", "chargeback",
        "not paid", "not completed",
    }
)  # fmt: skip
"""What a column of states says of what did not happen."""
DONE = frozenset(
    {
        "complete", "completed", "confirmed", "paid", "paid out", "done", "success", "successful", "succeeded", "ok",
        "settled", "finished", "final", "finalized", "executed", "filled", "posted", "cleared", "approved", "processed",
        "sent", "received", "credited", "closed", "mature", "valid", "active",
    }
)  # fmt: skip
"""What a column of states says of what happened; a column that is called so may say whether it did."""
_NO, _YES = frozenset({"no", "n", "false"}), frozenset({"yes", "y", "true"})
_NEVER_ASKED = NEVER | {"orphan", "immature", "void", "cancel", "reversal"}
_DEPTHS = frozenset({"confirmations", "confirms", "confs", "number of confirmations"})
_WENT_OUT = frozenset(
    {"withdrawal", "withdraw", "withdrawn", "send", "sent", "sell", "sold", "outgoing", "debit", "fee", "refund",
     "reversal"}
)  # fmt: skip
_CAME_IN = frozenset(["refund", "reversal", "credit", "incoming", "received"])
OTHERWISE: Mapping[str, frozenset[str]] = {
    "receipt": _WENT_OUT,
    "purchase": _WENT_OUT,
    "gift": _WENT_OUT,
    "sale": frozenset(("buy", "bought", "deposit", "incoming", "receive", "received", "refund", "reversal")),
    "expense": _CAME_IN,
    "business_income": frozenset(("refund", "reversal", "debit", "outgoing")),
}
"""What a column of directions says of a row that is none of its kind."""


def did_not_happen(cell: str) -> bool:
    """Say if a *cell* is a word for what did not happen, or has not yet."""
    said = " ".join(cell.casefold().split()).strip(".!")
    return said in NEVER or said in NOT_YET or says_not_yet(said)


def undone(where: str, kind: str, row: Row, unread: Collection[str], notes: Collection[str]) -> Iterator[Problem]:
    """Yield what is wrong with *row*, of a map for events of a *kind*, by its columns of which no figure is made.

    Nothing reads those that are *unread*; *notes* are kept as the event's note, and one that says it has not happened
    yet is asked about where it is read (`projections.questions.said_pending`).
    """
    wrong = NEVER | OTHERWISE.get(kind, frozenset())
    for column in (*unread, *notes):
        said = " ".join(row.cells.get(column, "").casefold().split()).strip(".!")
        of_itself = column in unread and (said in NOT_YET or says_not_yet(said) or _is_denied(column, said))
        if said in wrong or of_itself:
            reason = f"{row.cells[column][:SHOWN]!r} says that the row is no {kind} that happened"
            remedy = f"say in [only] of the map which rows count by their {column[:SHOWN]}"
            yield Problem(where, column[:SHOWN], reason, remedy)


def _is_denied(column: str, said: str) -> bool:
    """Say if a column answers that its row did not happen: "Confirmed" with no, "Orphan" with yes, no confirmations."""
    asked = " ".join(word for word in words_of(column) if word != "is")
    if asked in _DEPTHS:
        return said == "0"
    return (asked in DONE and said in _NO) or ((asked in NOT_YET or asked in _NEVER_ASKED) and said in _YES)
