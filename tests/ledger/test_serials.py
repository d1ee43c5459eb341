"""A serial that lost a blank or has a letter mended is no second rig; another cost, day or model is one."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.events import Event
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.serials import may_be_mended
from lotwork.ledger.units import AssetTable


def rig(serial: str, **more: Any) -> Event:
    told = {
        "kind": "equipment",
        "id": f"rigs:{serial}",
        "source": "rigs",
        "at": "2025-03-01T00:00:00Z",
        "equipment": f"S21 {serial}",
        "cost_usd": "4000",
        "acquired": "2025-02-01",
        "placed_in_service": "2025-03-01",
        **more,
    }
    return parse_event(told, AssetTable(), "here")


@pytest.mark.parametrize("mended", ["ANT-0012-777", "ant 0012 777", "ANT0012777", "ANT-0012-778"])
def test_a_mended_serial_is_the_same_rig(mended: str) -> None:
    assert may_be_mended(rig("ANT 0012 777"), rig(mended))


@pytest.mark.parametrize(
    "other",
    [rig("BTM-4455-120"), rig("ANT 0012 777", cost_usd="4100"), rig("ANT 0012 777", equipment="S19 ANT 0012 777")],
    ids=["another serial", "another cost", "another model"],
)
def test_another_rig_is_another(other: Event) -> None:
    assert not may_be_mended(rig("ANT 0012 777"), other)
