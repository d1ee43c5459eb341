"""A bank says of what it holds that it is pending, each in its own words; much else has such a word in it."""

from __future__ import annotations

import pytest

from lotwork.ledger.not_yet import says_not_yet, words_beside


@pytest.mark.parametrize(
    "text",
    [
        "PENDING",
        "pending - CITY POWER",
        "(pending) City Power",
        "Pending transaction",
        "PENDING CITY POWER",
        "City Power (Pending)",
        "CITY POWER PENDING",
        "City Power *PENDING*",
        "PENDING_TRANSACTION",
        "POS PENDING CHARGE City Power",
        "Status: pending",
        "authorization",
        "AUTHORIZATION 11/03 CITY POWER",
        "pre-auth City Power",
        "auth hold City Power",
        "temporary hold",
        "hold",
        "HOLD - City Power",
        "[HOLD] City Power",
        "Processing",
        "not yet posted",
        "payout (unconfirmed)",
        "Payout, awaiting confirmations",
        "VORGEMERKT Stadtwerke",
        "DECLINED - City Power",
        "returned item",
        "authorization: City Power",
        "auth City Power on hold",
        "transfer in progress",
        "paid: pending",
    ],
)
def test_what_has_not_happened_is_understood(text: str) -> None:
    assert says_not_yet(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "paid",
        "payout, pending confirmation fee",
        "pending fee",
        "Legal fees: pending litigation",
        "Depending on the hash rate",
        "patent pending",
        "no longer pending",
        "posted (was pending)",
        "PURCHASE AUTHORIZED ON 03/05 CITY POWER",
        "Authorization fee",
        "Processing fee",
        "Rock Processing Inc",
        "Hold Fast Storage LLC",
        "HODL Holdings",
        "failed rig, swapped",
        "Returned parts from Bitmain",
        "AUTH.NET monthly",
        "Authorization: 12345",
        "Auth #A4411 City Power",
        "City Power, auth code 332",
        "Authorization no. 77-123",
        "site build-out in progress",
        "Electrician, work in progress",
        "paid out pending rewards",
        "released pending payout",
    ],
)
def test_what_has_such_a_word_in_it_and_says_something_else_is_left_alone(text: str) -> None:
    assert not says_not_yet(text)


def test_what_it_is_of_are_the_other_words() -> None:
    assert words_beside("PENDING - City Power 0042") == words_beside("CITY POWER") == {"city", "power"}
