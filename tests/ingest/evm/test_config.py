from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lotwork.ingest.evm.config import EvmNodeConfig, EvmToken, EvmWallet
from lotwork.ledger.errors import ConfigError

COLD, HOT, DOLLAR = "0x" + "c0" * 20, "0x" + "1d" * 20, "0x" + "d0" * 20
WALLET = EvmWallet(wallet="cold", addresses=(COLD,))
TOKEN = EvmToken(contract=DOLLAR, asset="USDC", decimals=6)


def configured(**changed: Any) -> EvmNodeConfig:
    given = {"name": "eth", "book": "main", "chain_id": 1, "url": "https://node.example/v3/key", "start_height": 5}
    return EvmNodeConfig(**{**given, "wallets": (WALLET,), "tokens": (TOKEN,), **changed})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"url": "node.example"}, "not a URL"),
        ({"chain_id": 0}, "a chain id is 1 or more"),
        ({"start_height": -1}, "a height is 0 or more"),
        ({"chain_id": 137}, "chain 137 is not built in"),
        ({"chain_id": 137, "native_asset": "BTC"}, "BTC is no EVM chain's coin"),
        ({"chain_id": 61, "native_asset": "ETH", "finality": 500}, "the coin of chain 61 is ETC"),
        ({"chain_id": 61}, "a proof-of-work chain has no finalized block"),
        ({"finality": -1}, "a depth of 0 or more"),
        ({"wallets": ()}, "no address is watched"),
        ({"wallets": (WALLET, WALLET)}, "stands in the list twice"),
        ({"wallets": (EvmWallet(wallet="cold", addresses=("0x12",)),)}, "is no address"),
        ({"wallets": (EvmWallet(wallet="cold", addresses=(COLD,), meaning="transfer"),)}, "from_wallet goes with"),
        ({"wallets": (EvmWallet(wallet="cold", addresses=(COLD,), from_wallet="rig"),)}, "from_wallet goes with"),
        (
            {"wallets": (EvmWallet(wallet="a", addresses=(COLD,), meaning="transfer", from_wallet="a"),)},
            "cannot pay itself",
        ),
        ({"tokens": (TOKEN, TOKEN)}, "stands in the list twice"),
        ({"tokens": (EvmToken(contract="0x", asset="USDC", decimals=6),)}, "is no contract"),
        ({"tokens": (EvmToken(contract=DOLLAR, asset="USDX", decimals=99),)}, "decimals are 0 to 36"),
        ({"tokens": (EvmToken(contract=DOLLAR, asset="USDC", decimals=18),)}, "USDC has 6 decimals, not 18"),
        ({"tokens": (EvmToken(contract=DOLLAR, asset="ETH", decimals=18),)}, "is the chain's own coin"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_and_the_url_is_not_shown(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as refused:
        configured(**changed)

    assert str(refused.value).startswith("source eth: ")
    assert "/v3/key" not in str(refused.value)


@pytest.mark.parametrize(("chain_id", "finality", "asset"), [(1, "finalized", "ETH"), (61, 500, "ETC")])
def test_the_coin_of_a_chain_that_is_built_in_need_not_be_named(chain_id: int, finality: Any, asset: str) -> None:
    assert configured(chain_id=chain_id, finality=finality).native_asset == asset


def test_the_key_in_the_url_is_not_shown_with_the_settings() -> None:
    assert "key" not in f"{configured()!r}"


def test_addresses_are_compared_without_regard_to_capitals() -> None:
    config = configured(wallets=(EvmWallet(wallet="cold", addresses=("0x" + "C0" * 20,)),))

    assert set(config.wallet_of) == {COLD}


@pytest.mark.parametrize(
    "changed",
    [
        {"start_height": 4},
        {"wallets": (WALLET, EvmWallet(wallet="hot", addresses=(HOT,)))},
        {"wallets": (msgspec.structs.replace(WALLET, meaning="staking"),)},
        {"tokens": ()},
    ],
)
def test_what_is_watched_has_a_fingerprint(changed: dict[str, Any]) -> None:
    assert configured().fingerprint == configured(url="http://other", finality=9).fingerprint
    assert configured().fingerprint != configured(**changed).fingerprint


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
        configured(wallets=(EvmWallet(wallet="cold", addresses=(text,)),))
    assert text[10:18] not in str(refused.value)
