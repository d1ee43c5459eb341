"""What looks like an address is left out however it was typed, and what proves a payment stays."""

from __future__ import annotations

import pytest

from lotwork.packet.redaction import Redaction

SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
ETHEREUM = "0x52908400098527886E0F7030069857D2E4169EE7"
CASH = "qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"
KASPA = "qpauqsvk7yf9unexwmxsnmg547mhyga37csh0kj53q6xxgl24ydxjsgzthw5j"
ZCASH = "zs1z7rejlpsa98s2rrrfkwmaxu53e4ue0ulcrw0h4x5g8jl04tak0d3mm47vdtahatqrlkngh9slya"


def in_fours(address: str) -> str:
    return " ".join(address[at : at + 4] for at in range(0, len(address), 4))


@pytest.mark.parametrize(
    "address",
    [
        SEGWIT, SEGWIT.upper(), in_fours(SEGWIT), in_fours(SEGWIT.upper()), f"addr{SEGWIT}", f"tb1{SEGWIT[3:]}",
        CASH, CASH.upper(), f"bitcoincash:{CASH}", KASPA, f"kaspa:{KASPA}", f"KASPA:{KASPA.upper()}",
        ZCASH, f"ltcmweb1{ZCASH[3:]}", "9f4QF8AD1nQ3nJahQVkMj8hFSVVzVom77b52JU7EW71Zexg6N8v",
        ETHEREUM, f"0X{ETHEREUM[2:]}", ETHEREUM.lower(), "52908400098527886e0F7030069857D2E4169EE7",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyT", "bc1p5d7rjq7g6rdk2yhzks9smlaqtedr4dekq08ge8ztwac72sfr9rusxg3297",
        "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        f"Ltub{'2Y' * 54}", f"xprv9{'s21' * 36}",
    ],
)  # fmt: skip
def test_an_address_is_left_out_however_it_is_typed(address: str) -> None:
    for text in ("{}", "to {}, rig 1", "https://example.org/address/{}?x=1", '"note":"{}"', "ä{}ö"):
        shown = Redaction([]).text(text.format(address))
        assert "[address 1]" in shown
        letters = shown.replace("[address 1]", "").replace(" ", "").casefold()
        assert address.rpartition(":")[2].replace(" ", "").casefold()[-8:] not in letters


@pytest.mark.parametrize(
    "text",
    ["ab" * 32, "AB" * 32, f"evm:1:0x{'ef' * 32}:gas", "5f1d0c7e9b3a4f6d8e2c1b0a9f8e7d6c",
     "page-0123456789abcdef01234567", "paid from cold have this with that each week",
     "Rev. Proc. 2024-28, 26 U.S.C. 170(f)(11)(C)",
     "2026-01-01T00:00:00.000000Z", "donation_needs_appraisal", "e" * 40],
)  # fmt: skip
def test_what_is_no_address_stays(text: str) -> None:
    assert Redaction([]).text(text) == text


def test_one_address_in_other_letters_is_one_word() -> None:
    assert Redaction([]).text(f"{KASPA} kaspa:{KASPA} {KASPA.upper()} {SEGWIT}") == (
        "[address 1] kaspa:[address 1] [address 1] [address 2]"
    )
