"""One economic event counts once, however it is spelled: income is what came in, once (26 U.S.C. 61)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import structs

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import derived_id
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from tests.commands.calling import Caller, codes

TX = "4e" * 31 + "af"
ETHER = {"wallet": "vault", "asset": "ETH", "quantity": "0.5", "price_usd": "3000"}
BITCOIN = {"wallet": "vault", "asset": "BTC", "quantity": "0.003", "price_usd": "90000"}
MARKED, BARE = f"0x{TX}", TX


def payout(name: str | None, txid: str, **more: Any) -> dict[str, Any]:
    line = {"kind": "receipt", "at": "2025-03-05T12:00:00Z", "income": "pool_payout", "txid": txid}
    return line | more | ({} if name is None else {"id": name})


def income(lotwork: Caller) -> tuple[str, set[str]]:
    told = lotwork("income", "--year", "2025", "--json", code=None).result
    return told["totals"]["value_usd"], codes(told["findings"])


@pytest.mark.parametrize("spelled", [BARE, MARKED, TX.upper(), f"0X{TX.upper()}", f" {MARKED} "])
@pytest.mark.parametrize(
    ("coin", "value"), [(ETHER, "1500.000000"), (BITCOIN, "270.000000"), (ETHER | {"asset": "USDC"}, "1500.000000")]
)
def test_a_payout_that_two_sources_tell_is_one_however_its_transaction_is_spelled(
    lotwork: Caller, spelled: str, coin: dict[str, str], value: str
) -> None:
    """Case 03."""
    seen = payout("seen", MARKED, source="node", vout=0, **coin) | {"at": "2025-03-05T12:07:00Z"}
    lotwork.take(seen, payout("listed", spelled, source="pool list", **coin))
    assert income(lotwork) == (value, set())


@pytest.mark.parametrize("spelled", [BARE, MARKED, TX.upper(), f"0X{TX.upper()}"])
def test_a_line_without_an_id_is_known_however_its_transaction_is_spelled(lotwork: Caller, spelled: str) -> None:
    lotwork.take(payout(None, BARE, **BITCOIN))
    assert "0 appended, 1 known already" in lotwork.take(payout(None, spelled, **BITCOIN)).out
    (line,) = lotwork("export").out.splitlines()
    assert json.loads(line)["txid"] == BARE


@pytest.mark.parametrize("spelled", [TX.upper(), f"0x{TX}"])
@pytest.mark.parametrize("name", ["mine", None])
def test_what_a_former_release_recorded_as_it_was_spelled_is_known(
    lotwork: Caller, spelled: str, name: str | None
) -> None:
    line = payout(name, spelled, **BITCOIN)
    event = structs.replace(parse_event(line, AssetTable(), "test"), id="", txid=spelled)
    event = structs.replace(event, id=name or derived_id(event))
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("main", (event,)))
    assert "0 appended, 1 known already" in lotwork.take(line).out
    lotwork.take(payout("seen", BARE, source="node", vout=0, **BITCOIN))
    assert income(lotwork) == ("270.000000", {"twin_spelled_otherwise"})
    said = "an earlier release counted both, now seen alone is counted"
    assert said in lotwork("income", "--year", "2025", code=1).err
    lotwork("add", "void", f"target={event.id}", "at=2025-04-01T00:00:00Z", "reason=twice")
    assert income(lotwork) == ("270.000000", set())


@pytest.mark.parametrize(
    "other",
    [
        {"source": "node", "wallet": "vault"},
        {"source": "node", "wallet": "Vault"},
        {"source": "mirror", "wallet": "cold storage"},
        {"wallet": "cold storage", "txid": TX.upper()},
        {"source": "node", "wallet": "vault", "quantity": "0.002"},
    ],
)
def test_an_output_is_counted_once_whoever_tells_it_and_stops_the_return(
    lotwork: Caller, other: dict[str, str]
) -> None:
    first = payout("a", BARE, source="node", vout=1, **BITCOIN)
    lotwork.take(first, first | {"id": "b"} | other)
    assert income(lotwork) == ("270.000000", {"output_told_twice"})
    told = lotwork("file", "--year", "2025", code=3).err
    assert "output_told_twice: b tells output 1 of" in told
    assert "only a is counted" in told
    lotwork("add", "void", "at=2025-04-01T00:00:00Z", "target=b", "reason=twice")
    assert income(lotwork) == ("270.000000", set())


def test_an_output_is_one_whatever_its_coin_is_called(lotwork: Caller) -> None:
    called = {"kind": "asset", "at": "2020-01-01T00:00:00Z", "asset": "XBT", "decimals": 8, "chain": "bitcoin"}
    first = payout("a", BARE, source="node", vout=1, **BITCOIN)
    lotwork.take(called, first, first | {"id": "b", "source": "kraken", "asset": "XBT"})
    assert income(lotwork) == ("270.000000", {"output_told_twice"})


def test_an_output_place_of_a_token_is_not_one_of_the_coin(lotwork: Caller) -> None:
    """On an EVM chain the place of a token's payment counts logs, and the coin's own payment stands at 0."""
    coin = payout("a", MARKED, source="node", vout=0, **ETHER)
    lotwork.take(coin, coin | {"id": "b", "asset": "USDC", "price_usd": "1", "quantity": "30"})
    assert income(lotwork) == ("1530.000000", set())


def test_two_sources_that_tell_an_output_differently_disagree(lotwork: Caller) -> None:
    first = payout("a", BARE, source="node", vout=1, **BITCOIN)
    lotwork.take(first, first | {"id": "b", "source": "mirror", "quantity": "0.002"})
    assert income(lotwork) == ("270.000000", {"twins_disagree"})


@pytest.mark.parametrize(
    "again",
    [
        {"at": "2025-03-05T12:00:05Z", "price_usd": "90000"},
        {"txid": TX.upper()},
        {"quantity": "0.001", "price_usd": "270000"},
        {"wallet": "other"},
        {"vout": 3},
    ],
)
def test_a_transaction_that_one_source_tells_twice_is_asked_about(lotwork: Caller, again: dict[str, Any]) -> None:
    """Case 05: two workers, or one payout exported twice, no machine can say; rotki#10331 warns, rotki#9779 keeps."""
    first = payout("a", BARE, source="pool list", **BITCOIN)
    lotwork.take(first, first | {"id": "b"} | again)
    assert income(lotwork) == ("540.000000", {"transaction_told_twice"})
    refused = lotwork("file", "--year", "2025", code=3).err
    assert "transaction_told_twice:b" in refused
    assert "add void" in refused
    assert '"vout": "NUMBER"' in refused
    lotwork("add", "correction", "target=a", "at=2025-04-01T00:00:00Z", 'set={"vout": 0}', "reason=two workers")
    lotwork("add", "correction", "target=b", "at=2025-04-01T00:00:00Z", 'set={"vout": 1}', "reason=two workers")
    assert income(lotwork) == ("540.000000", set())


def test_one_transaction_that_pays_two_wallets_other_amounts_is_not_asked_about(lotwork: Caller) -> None:
    first = payout("a", BARE, source="pool list", **BITCOIN)
    lotwork.take(first, first | {"id": "b", "wallet": "other", "quantity": "0.001"})
    assert income(lotwork) == ("360.000000", set())


def test_one_payment_into_two_wallets_by_two_sources_is_asked_about_until_a_person_says(lotwork: Caller) -> None:
    first = payout("a", BARE, source="braiins", **BITCOIN)
    lotwork.take(first, first | {"id": "b", "source": "exchange", "wallet": "exchange"})
    assert income(lotwork) == ("540.000000", {"likely_twins"})
    said = ("add", "correction", "target=b", "at=2025-04-01T00:00:00Z", "reason=two payouts")
    lotwork(*said, 'set={"income": "pool_payout"}')
    assert income(lotwork) == ("540.000000", set())


@pytest.mark.parametrize("spelled", [BARE, TX.upper(), MARKED])
def test_coins_that_left_one_own_wallet_for_another_in_one_transaction_are_a_transfer(
    lotwork: Caller, spelled: str
) -> None:
    mined = payout("mined", "11" * 32, source="node", vout=0, **BITCOIN) | {"at": "2025-03-01T00:00:00Z"}
    left = {"kind": "movement", "id": "left", "at": "2025-03-05T11:50:00Z", "wallet": "vault", "asset": "BTC",
            "quantity": "0.002", "fee_quantity": "0.001", "txid": BARE, "source": "node"}  # fmt: skip
    came = payout("came", spelled, source="exchange", **BITCOIN) | {"wallet": "exchange", "quantity": "0.002"}
    price = {"kind": "price", "at": "2025-03-05T12:00:00Z", "asset": "BTC", "price_usd": "90000"}
    lotwork.take(mined, left, came, price)
    assert income(lotwork) == ("270.000000", set())
    lots = [(row["wallet"], row["quantity"], row["basis_usd"]) for row in lotwork.rows("lots")]
    assert lots == [("exchange", "0.00200000", "180.000000")]


FEE_OF_POOL = {"gross_quantity": "0.0031", "pool_fee_quantity": "0.0001"}


@pytest.mark.parametrize("seen_first", [True, False])
@pytest.mark.parametrize("spelled", [BARE, MARKED, TX.upper()])
@pytest.mark.parametrize("listing", [{"pool": "braiins"}, {"pool": "braiins", **FEE_OF_POOL}])
def test_what_a_pool_says_of_a_payout_stays_when_the_chain_tells_it_too(
    lotwork: Caller, listing: dict[str, str], spelled: str, *, seen_first: bool
) -> None:
    """The chain has no pool, no gross and no fee; in a hobby the fee is a part of the income (26 U.S.C. 67(g))."""
    me = {"kind": "profile", "at": "2025-01-01T00:00:00Z", "activity": "hobby", "pool_fees": "gross"}
    seen = payout("seen", BARE, source="node", vout=0, **BITCOIN)
    told = [seen, payout("listed", spelled, source="braiins", **BITCOIN, **listing)]
    lotwork.take(me, *(told if seen_first else told[::-1]))
    (row,) = lotwork.rows("income", "--year", "2025")
    assert (row["receipt"], row["pool"]) == ("seen", "braiins")
    agi = lotwork("liability", "--year", "2025", "--json", code=None).result["summary"]["agi"]
    expected = ("0.00310000", "279.00") if "gross_quantity" in listing else (None, "270.00")
    assert (row["gross_quantity"], agi) == expected


def test_a_payout_in_two_outputs_keeps_its_pool_and_no_fee_is_shared_by_guess(lotwork: Caller) -> None:
    parts = [payout(f"o{n}", BARE, source="node", vout=n, **BITCOIN | {"quantity": "0.0015"}) for n in (0, 1)]
    lotwork.take(*parts, payout("listed", BARE, source="braiins", pool="braiins", **BITCOIN, **FEE_OF_POOL))
    assert [row["pool"] for row in lotwork.rows("income", "--year", "2025")] == ["braiins", "braiins"]
    assert {row["gross_quantity"] for row in lotwork.rows("income", "--year", "2025")} == {None}


def test_a_pool_that_the_chain_names_is_not_renamed_by_another_list(lotwork: Caller) -> None:
    seen = payout("seen", BARE, source="node", vout=0, pool="ocean", **BITCOIN)
    lotwork.take(seen, payout("listed", BARE, source="a file", pool="braiins", **BITCOIN, **FEE_OF_POOL))
    (row,) = lotwork.rows("income", "--year", "2025")
    assert (row["pool"], row["gross_quantity"]) == ("ocean", None)
