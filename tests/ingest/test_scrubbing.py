"""A secret is taken out whole and in parts, however a server, a library or a log spells it."""

from __future__ import annotations

import html
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.scrubbing import REDACTED, Scrubber

PASSWORDS = (
    "hunter2", 'aB3$/+ "\\é', "pässword-µ", "a\\\\b\\n", "emoji \U0001f511 key", "semi;colon&amp'quote", "p%40ss%word",
    "0123456789abcdef", "line\ttab", "ends in backslash\\", "<b>bold</b>", "=?&#", "日本語パスワード",
)  # fmt: skip
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "json": json.dumps,
    "json of json": lambda text: json.dumps(json.dumps({"a": text})),
    "json to the letter": lambda text: json.dumps({"é": json.dumps(text, ensure_ascii=False)}, ensure_ascii=False),
    "json with escaped slashes": lambda text: json.dumps(text).replace("/", "\\/"),
    "all of it \\u": lambda text: "".join(
        f"\\u{unit:04X}" for unit in memoryview(text.encode("utf-16-le")).cast("H").tolist()
    ),
    "a literal": repr,
    "bytes": lambda text: repr(text.encode()),
    "percent": lambda text: quote(text, safe=""),
    "percent, slashes kept": quote,
    "percent in small letters": lambda text: "".join(
        part.lower() if part[0] == "%" else part for part in _pieces(quote(text, safe=""))
    ),
    "a form": quote_plus,
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "all of it percent": lambda text: "".join(f"%{octet:02x}" for octet in text.encode()),
    "hex": lambda text: text.encode().hex(),
    "HEX": lambda text: text.encode().hex().upper(),
    "html": html.escape,
    "html by numbers": lambda text: "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text),
    "html in hex": lambda text: "".join(c if c.isalnum() else f"&#x{ord(c):X};" for c in text),
}
CODED: Mapping[str, Callable[[str], str]] = {
    "base64": lambda text: b64encode(text.encode()).decode(),
    "a login": lambda text: b64encode(f"miner:{text}".encode()).decode(),
    "another login": lambda text: b64encode(f"me:{text}".encode()).decode(),
    "one more login": lambda text: b64encode(f"abc:{text}".encode()).decode(),
    "within": lambda text: b64encode(b'{"password": "' + text.encode() + b'", "more": 1}').decode(),
    "url-safe": lambda text: urlsafe_b64encode(b"\xff\xfe\xfd" + text.encode()).decode(),
}


def _pieces(text: str) -> list[str]:
    pieces, at = [], 0
    while at < len(text):
        width = 3 if text[at] == "%" else 1
        pieces.append(text[at : at + width])
        at += width
    return pieces


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_password_is_found_in_every_spelling(spelling: str) -> None:
    for password in PASSWORDS:
        scrub = Scrubber([password])
        spelled = SPELLINGS[spelling](password)
        inner = spelled[1:-1] if spelling == "json" else spelled
        assert inner not in scrub(f"before {spelled} after"), password
        assert REDACTED in scrub(f"before {spelled} after"), password
        assert scrub(f"before {spelled} after").endswith(" after"), password


@pytest.mark.parametrize("coding", CODED)
def test_a_password_is_found_within_base64(coding: str) -> None:
    for password in (each for each in PASSWORDS if len(each) >= 6):
        coded = CODED[coding](password)
        assert scrubbed(password, f"before ({coded.rstrip('=')}) after") == f"before ({REDACTED}) after", password


def scrubbed(secret: str, line: str) -> str:
    """Return *line* without *secret*, and without what only looks like one, which these lines hold none of."""
    return Scrubber([secret])(line)


KEY = "0f3a9Q-c_de22b1aKEY9"
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    f"https://mainnet.example/v3/{KEY}": (KEY,),
    f"https://rpc.example/{KEY}/": (KEY,),
    f"https://rpc.example/v1?apikey={KEY}&chain=1": (KEY,),
    "https://rpc.example/v1?token=s3c": ("s3c",),
    "http://miner:hunter2@node.example:8332/": ("hunter2", "miner:hunter2"),
    "http://miner:hun%40ter2@node.example:8332/": ("hun@ter2", "hun%40ter2"),
    "https://hooks.example/services/T00AB12CD/B00XY34ZW/abcdefghABCD12345678": ("T00AB12CD", "abcdefghABCD12345678"),
    f"https://api.example/bot8123456:{KEY}/send": (KEY,),
    f"tgram://8123456789:{KEY}/1234567890": (KEY, "8123456789"),
    "discord://112233445566/abcdEFGHijklMNOPqrst": ("112233445566", "abcdEFGHijklMNOPqrst"),
    f"wss://rpc.example/ws#{KEY}": (KEY,),
    "__cookie__:5f3ab2c1d0e9f8a7": ("5f3ab2c1d0e9f8a7",),
    "miner:longpassword": ("longpassword",),
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_part_of_an_address_that_gives_it_away_goes_alone(address: str) -> None:
    for part in (address, *ADDRESSES[address]):
        for name, spelled in {**SPELLINGS, **CODED}.items():
            if len(part) < 6 and (name in CODED or name.lower() == "hex"):
                continue  # three letters are four in base64 and six in hex: any line holds them
            line = f"x ({spelled(part).rstrip('=')}) y"
            assert scrubbed(address, line) != line, name
            assert part not in scrubbed(address, line), name


@pytest.mark.parametrize(
    "line",
    [
        "https://mainnet.example/v3 did not answer",
        "asked rpc.example for services/v1 on chain 1",
        "hooks.example: services are busy",
        "send it to node.example:8332 as miner",
    ],
)
def test_the_words_of_an_address_stay(line: str) -> None:
    assert Scrubber(ADDRESSES)(line) == line


def test_what_a_stranger_sent_stays_to_the_byte_unless_it_holds_a_long_secret() -> None:
    scrub = Scrubber([f"https://mainnet.example/v3/{KEY}", "abc"])
    for content in (b"", b"\x00\xff\xfe abc", '{"abc": "é"}'.encode(), b"apikey=whatever", bytes(range(256))):
        assert scrub.in_bytes(content) == content
    for spelled in (KEY, quote(KEY), json.dumps(KEY), KEY.encode().hex(), CODED["a login"](KEY)):
        clean = scrub.in_bytes(b"\x00\xff{" + spelled.encode() + b"}\xfe")
        assert clean.startswith(b"\x00\xff{")
        assert clean.endswith(b"}\xfe")
        assert REDACTED.encode() in clean


def test_a_flood_of_escapes_holds_up_no_line() -> None:
    scrub = Scrubber(["\\" * 40, '\\"' * 20, "a/" * 20, "%25" * 20])
    for flood in ("\\" * 20_000, "\\u005c" * 3000, "%25" * 7000, "A" * 20_000, '\\"' * 10_000, "a\\/" * 7000):
        assert scrub(flood + "end").endswith("end")


@given(st.text(min_size=3, max_size=30), st.sampled_from(sorted(SPELLINGS)), st.text(max_size=5))
def test_whatever_the_password_its_spelling_is_found(password: str, spelling: str, around: str) -> None:
    if spelling in {"hex", "HEX"}:
        password += "abc"
    spelled = SPELLINGS[spelling](password)
    inner = spelled[1:-1] if spelling in ("json", "a literal") else spelled
    clean = scrubbed(password, f"{around}{spelled}{around}")
    assert inner not in clean.replace(REDACTED, "\x00") or inner in f"{around}{around}"
