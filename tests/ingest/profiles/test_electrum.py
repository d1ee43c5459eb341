"""Electrum's history as 4.6 and 4.8 write it: what moved in channels stands beside what moved on the chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ledger.errors import InputRefusedError
from tests.ingest.profiles.exports import events, rows

COLUMNS = "oc_transaction_hash,ln_payment_hash,label,confirmations,amount_chain_bc,amount_lightning_bc,fiat_value"
ENDS = "fiat_fee,timestamp"
OLD = "transaction_hash,label,confirmations,value,fiat_value,fee,fiat_fee,timestamp"
VERSIONS = {"network_fee_satoshi": "1000", "network_fee_bc": "0.00001"}
CAME, LEFT = "a1" * 32, "b2" * 32


def history(folder: Path, fee: str, *lines: str) -> Any:
    """Return what *lines* under the header of the version with the column *fee* tell."""
    file = folder / "history.csv"
    header = OLD if fee == "old" else f"{COLUMNS},{fee},{ENDS}"
    file.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return read_file(file, None, {"zone": "America/New_York", "inflow": "pool_payout"})


@pytest.mark.parametrize("fee", VERSIONS)
def test_both_versions_tell_the_same(tmp_path: Path, fee: str) -> None:
    told = history(
        tmp_path,
        fee,
        f"{CAME},,pool,120,0.0125,0.,1050.00,,,2026-03-01 07:00",
        f"{LEFT},,sent,100,-0.00501,0.,430.86,{VERSIONS[fee]},0.86,2026-03-02 07:00:30",
        f"{'c3' * 32},,soon,0,0.001,0.,86.00,,,2026-03-02 08:00",
        f"{'d4' * 32},,soon,0,0.001,0.,86.00,,,",
    )
    first, second = events(told, lines=False)
    assert (first["kind"], first["quantity"], first["txid"]) == ("receipt", "0.0125", CAME)
    assert first["at"] == "2026-03-01T12:00:00Z"
    assert (second["kind"], second["quantity"], second["fee_quantity"]) == ("movement", "0.005", "0.00001")
    assert second["at"] == "2026-03-02T12:00:30Z"
    assert told.reasons == {"it is not confirmed yet": 2}


@pytest.mark.parametrize(
    ("row", "kind", "quantity"),
    [
        (",ab12,payout,,0.,0.0001,8.6", "receipt", "0.0001"),
        ("----,ab13,paid,,0.,-0.00005,-4.3", "movement", "0.00005"),
        ("{0},,channel opened,90,-0.00501,0.005,-0.8", "movement", "0.00001"),
        ("{0},,channel closed,90,0.00499,-0.005,-0.8", "movement", "0.00001"),
    ],
)
@pytest.mark.parametrize("fee", VERSIONS)
def test_what_moves_between_chain_and_channels_stays_in_the_wallet(
    tmp_path: Path, fee: str, row: str, kind: str, quantity: str
) -> None:
    charged = VERSIONS[fee] if "channel" in row else ""
    (event,) = events(history(tmp_path, fee, f"{row.format(LEFT)},{charged},,2026-03-03 07:00"), lines=False)
    assert (event["kind"], event["quantity"]) == (kind, quantity)
    assert event.get("txid", "") == (LEFT if "{0}" in row else "")
    assert "fee_quantity" not in event


def test_a_row_is_known_again_whichever_version_tells_it(tmp_path: Path) -> None:
    new = f"{LEFT},,sent,100,-0.00501,0.,430.86,%s,0.86,2026-03-02 07:00"
    first, *others = (
        rows(history(tmp_path, "old", f"{LEFT},sent,90,-0.00501,430.86,0.00001,0.86,2026-03-02 07:00")),
        *(rows(history(tmp_path, fee, new % charged)) for fee, charged in VERSIONS.items()),
    )
    assert others == [first, first]


def test_a_fee_in_another_unit_is_refused(tmp_path: Path) -> None:
    """A fee of 1,000 bitcoin is more than all that left."""
    with pytest.raises(InputRefusedError, match="refused"):
        history(tmp_path, "network_fee_bc", f"{LEFT},,sent,100,-0.00501,0.,430.86,1000,0.86,2026-03-02 07:00")
