"""The own Lightning node: what the pool's description tells is its payout, all else is left alone."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import ConfigError
from tests.ingest.pools.cases import CASES, SOME
from tests.ingest.pools.kit import KEY, world
from tests.ingest.wires import Asked

SERVICES = {case.name: case for case in CASES if case.kind == "lightning_node"}


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_paid_by_the_pool_is_a_receipt_in_whole_satoshis(service: str, tmp_path: Path) -> None:
    case = SERVICES[service]
    with world(case.kind, case.settings, case.samples, tmp_path) as node:
        node.look()
        assert [(row["quantity"], row["pool"], row["wallet"]) for row in node.told()] == [
            (f"0.{21_000 * n:08}", "ocean", "lightning") for n in (1, 2, 3)
        ]


@pytest.mark.parametrize("service", SERVICES)
def test_what_others_paid_and_what_is_not_paid_is_left_alone(service: str, tmp_path: Path) -> None:
    case = SERVICES[service]

    def answer(asked: Asked) -> Any:
        told = case.telling(SOME, asked)
        rows = told if isinstance(told, list) else told["invoices"]
        rows[0] |= {"description" if service != "lnd" else "memo": "a friend"}
        rows[1] |= {"phoenixd": {"isPaid": False}, "lnd": {"state": "CANCELED"}, "cln": {"status": "expired"}}[service]
        return told

    with world(case.kind, case.settings, answer, tmp_path) as node:
        assert node.look() == 1


@pytest.mark.parametrize(
    ("service", "header", "value"),
    [
        ("phoenixd", "authorization", f"Basic {b64encode(f':{KEY}'.encode()).decode()}"),
        ("lnd", "grpc-metadata-macaroon", KEY),
        ("cln", "rune", KEY),
    ],
)
def test_each_node_is_given_its_own_kind_of_key(service: str, header: str, value: str, tmp_path: Path) -> None:
    case = SERVICES[service]
    with world(case.kind, case.settings, case.samples, tmp_path) as node:
        node.look()
        assert {asked.headers[header] for asked in node.server.asked} == {value}


def test_without_a_description_nothing_is_the_pools(tmp_path: Path) -> None:
    case = SERVICES["cln"]
    with (
        pytest.raises(ConfigError, match="contains: it is empty"),
        world(case.kind, {**case.settings, "contains": " "}, case.samples, tmp_path),
    ):
        pass
