"""What a person gives to `--set` is read by the type of its key, and written as TOML that says the same."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.sections import Section, WalletSection
from lotwork.ledger.errors import ConfigError, UsageError
from lotwork.service.source_table import Values, put, refuse_what_spends, value_of, written

MULTISIG = "wsh(sortedmulti(2,[aa/48h]xpubA/<0;1>/*,[bb/48h]xpubB/<0;1>/*))"


class Table(Section, frozen=True, kw_only=True):
    wallets: tuple[WalletSection, ...]
    set: dict[str, str] = msgspec.field(default_factory=dict)
    name: str = ""


@pytest.mark.parametrize(
    ("kind", "words", "value"),
    [
        (str, "12", "12"),
        (str | None, "true", "true"),
        (int, "840_000", 840_000),
        (int, "many", "many"),
        (bool, "true", True),
        (date, "2026-01-01", date(2026, 1, 1)),
        (Literal["a", "b"], "a", "a"),
        (int | Literal["finalized"], "finalized", "finalized"),
        (int | Literal["finalized"], "500", 500),
        (tuple[str, ...], "BTC, NMC,", ["BTC", "NMC"]),
        (tuple[str, ...], '["BTC", "NMC"]', ["BTC", "NMC"]),
        (tuple[str, ...], MULTISIG, [MULTISIG]),
        (tuple[str, ...], f"{MULTISIG},bc1qa", [MULTISIG, "bc1qa"]),
        (tuple[str, ...], "[aa/84h]xpubA", ["[aa/84h]xpubA"]),
        (tuple[str, ...], "[1h]a,[2h]b", ["[1h]a", "[2h]b"]),
        (tuple[str, ...], "1,2", ["1", "2"]),
        (tuple[Literal["a", "b"], ...], "a", ["a"]),
        (tuple[Literal["a", "b"], ...], "a, b", ["a", "b"]),
        (tuple[Literal["a"], ...], '["a"]', ["a"]),
        (dict[str, str], '{ a = "b" }', {"a": "b"}),
    ],
)
def test_words_are_read_by_the_type_of_their_key(kind: Any, words: str, value: Any) -> None:
    assert value_of(kind, words) == value


def test_a_key_within_a_list_of_tables_is_that_of_the_first_unless_numbered() -> None:
    values: Values = {}
    for name, words in {
        "wallets.wallet": "cold", "wallets.watch": "a,b", "wallets.1.wallet": "rig", "set.inflow": "held", "name": "x",
    }.items():  # fmt: skip
        put(values, Table, name, words)
    assert values == {
        "wallets": [{"wallet": "cold", "watch": ["a", "b"]}, {"wallet": "rig"}], "set": {"inflow": "held"}, "name": "x",
    }  # fmt: skip
    for name in ("wallets.3.wallet", "wallets.purse", "purse"):
        with pytest.raises(UsageError):
            put(values, Table, name, "x")


@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs"])) | st.integers(-(2**60), 2**60) | st.booleans() | st.dates(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab-_ ."', min_size=1), inner, max_size=3),
        max_leaves=6,
    )
)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    assert tomllib.loads(f"value = {written(value)}")["value"] == value
    assert "\n" not in written(value)


@pytest.mark.parametrize("key", ["xprv", "yprv", "zprv", "tprv", "vprv", "Zprv"])
def test_a_key_that_spends_is_refused_wherever_it_stands(key: str) -> None:
    secret = f"{key}9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TG"
    for values in ({"url": secret}, {"wallets": [{"watch": [f"wpkh({secret}/0/*)"]}]}, {"set": {"a": secret}}):
        with pytest.raises(ConfigError, match="private key or a seed") as refused:
            refuse_what_spends(values)
        assert secret not in str(refused.value)
