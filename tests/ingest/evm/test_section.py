from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.errors import ConfigError

COLD, HOT, DOLLAR = "0x" + "c0" * 20, "0x" + "1d" * 20, "0x" + "d0" * 20
WALLET = WalletSection(wallet="cold", watch=(COLD,))
TOKEN = TokenSection(contract=DOLLAR, asset="USDC", decimals=6)


def section(**changed: Any) -> EvmSection:
    given = {"name": "eth", "chain_id": 1, "url": "https://node.example/v3/key", "start_height": 5}
    return EvmSection(**{**given, "wallets": (WALLET,), "tokens": (TOKEN,), **changed})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"chain_id": 137}, "chain 137 is not built in"),
        ({"chain_id": 137, "native_asset": "BTC"}, "BTC is no EVM chain's coin"),
        ({"chain_id": 61, "native_asset": "ETH", "finality": 500}, "the coin of chain 61 is ETC"),
        ({"chain_id": 61}, "a proof-of-work chain has no finalized block"),
        ({"wallets": ()}, "no address is watched"),
        ({"wallets": (WALLET, WALLET)}, "stands in the list twice"),
        ({"wallets": (WalletSection(wallet="cold", watch=("0x12",)),)}, "is no address"),
        ({"wallets": (WalletSection(wallet="cold", watch=(COLD,), meaning="transfer"),)}, "from_wallet goes with"),
        ({"wallets": (WalletSection(wallet="cold", watch=(COLD,), from_wallet="rig"),)}, "from_wallet goes with"),
        (
            {"wallets": (WalletSection(wallet="a", watch=(COLD,), meaning="transfer", from_wallet="a"),)},
            "cannot pay itself",
        ),
        ({"tokens": (TOKEN, TOKEN)}, "stands in the list twice"),
        ({"tokens": (TokenSection(contract="0x", asset="USDC", decimals=6),)}, "is no contract"),
        ({"tokens": (TokenSection(contract=DOLLAR, asset="USDC", decimals=18),)}, "USDC has 6 decimals, not 18"),
        ({"tokens": (TokenSection(contract=DOLLAR, asset="ETH", decimals=18),)}, "is the chain's own coin"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_and_the_url_is_not_shown(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as refused:
        section(**changed).check()

    assert str(refused.value).startswith("source eth: ")
    assert "/v3/key" not in str(refused.value)


@pytest.mark.parametrize(("chain_id", "finality", "asset"), [(1, "finalized", "ETH"), (61, 500, "ETC")])
def test_the_coin_of_a_chain_that_is_built_in_need_not_be_named(chain_id: int, finality: Any, asset: str) -> None:
    assert section(chain_id=chain_id, finality=finality).coin == asset


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"chain_id": 0}, "Expected `int` >= 1"),
        ({"start_height": -1}, "Expected `int` >= 0"),
        ({"finality": -1}, "Expected `int` >= 0"),
        ({"finality": "latest"}, "Invalid enum value 'latest'"),
        ({"tokens": [{"contract": DOLLAR, "asset": "USDX", "decimals": 99}]}, "Expected `int` <= 36"),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused_when_it_is_read(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=reason):
        msgspec.convert({**msgspec.to_builtins(section()), **changed}, EvmSection)


def test_the_key_in_the_url_is_not_shown_with_the_settings() -> None:
    assert "key" not in f"{section()!r}"


def test_addresses_are_compared_without_regard_to_capitals() -> None:
    found = section(wallets=(WalletSection(wallet="cold", watch=("0x" + "C0" * 20,)),))

    assert set(found.wallet_of) == {COLD}


@pytest.mark.parametrize(
    "changed",
    [
        {"start_height": 4},
        {"wallets": (WALLET, WalletSection(wallet="hot", watch=(HOT,)))},
        {"wallets": (msgspec.structs.replace(WALLET, meaning="staking"),)},
        {"tokens": ()},
    ],
)
def test_what_is_watched_has_a_fingerprint(changed: dict[str, Any]) -> None:
    assert section().fingerprint == section(url="http://other", finality=9).fingerprint
    assert section().fingerprint != section(**changed).fingerprint


def test_the_fingerprint_in_the_cursors_of_former_releases_is_still_met() -> None:
    """Another one would have every chain read again from its start."""
    giver = WalletSection(wallet="hot", watch=("0x" + "1D" * 20,), meaning="transfer", from_wallet="rig", pool="p")

    assert section(wallets=(WALLET, giver), traces=True).fingerprint == "3315b57e35ac28ab"


@pytest.mark.parametrize(
    "text",
    [
        "0x1e99423a4ed27608a15a2616a2b0e9e52ced330ac530edcc32c8ffc6a526aedd",
        "1E99423A4ED27608A15A2616A2B0E9E52CED330AC530EDCC32C8FFC6A526AEDD",
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
    ],
)
def test_a_private_key_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(ConfigError, match="looks like a private key or a seed, and is not repeated") as refused:
        section(wallets=(WalletSection(wallet="cold", watch=(text,)),)).check()
    assert text[10:18] not in str(refused.value)
