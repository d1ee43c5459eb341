"""An event that cannot be is never born, whoever makes it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lotwork.ledger.codec import kind_of
from lotwork.ledger.errors import ImpossibleEventError
from lotwork.ledger.events import LotChoice
from tests.projections.every_kind import EVERY_KIND

BY_KIND: dict[str, Any] = {kind_of(event): event for event in EVERY_KIND}
CHOSEN = (LotChoice(lot="a", quantity=1), LotChoice(lot="b", quantity=1))


@pytest.mark.parametrize(
    ("kind", "changes", "rule"),
    [
        *((kind, {"quantity": quantity}, f"a {kind} has a positive quantity")
          for kind in ("receipt", "purchase", "sale", "transfer", "movement") for quantity in (0, -1)),
        ("balance", {"quantity": -1}, "a balance is not negative"),
        ("asset", {"decimals": -1}, "0 to 36 decimals"),
        ("asset", {"decimals": 37}, "0 to 36 decimals"),
        ("sale", {"lots": CHOSEN}, "hold more than the sale"),
        ("transfer", {"lots": CHOSEN}, "hold more than the transfer"),
        ("transfer", {"to_wallet": "cold"}, "two different wallets"),
        ("selection", {"lots": ()}, "at least one lot"),
        ("correction", {"set_": {}}, "at least one key"),
        ("correction", {"target": None}, "a target or a select"),
    ],
)  # fmt: skip
def test_an_impossible_event_is_refused_by_its_rule(kind: str, changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ImpossibleEventError, match=rule) as refused:
        msgspec.structs.replace(BY_KIND[kind], **changes)
    assert refused.value.event_id == BY_KIND[kind].id


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_an_event_is_frozen(kind: str) -> None:
    with pytest.raises(AttributeError):
        BY_KIND[kind].id = "another"
