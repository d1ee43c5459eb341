"""`lotwork packet stamp` with a calendar of the test's own, whose promise a real block keeps: proved offline."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from opentimestamps.calendar import DEFAULT_AGGREGATORS
from opentimestamps.core.notary import (
    BitcoinBlockHeaderAttestation,
    LitecoinBlockHeaderAttestation,
    PendingAttestation,
)
from opentimestamps.core.op import OpAppend, OpPrepend, OpSHA256
from opentimestamps.core.serialize import BytesDeserializationContext, BytesSerializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp

from lotwork.ingest.bitcoin.rules import RULES
from lotwork.ingest.calendars import proof as proofs
from lotwork.service.settings import Stamp
from tests.commands.calling import Caller
from tests.commands.test_packet import BOOK, sentences
from tests.ingest.scripted_server import Reply, Script, serving
from tests.litecoin_node import PASSWORD, USER, LitecoinNode

BYTES = "application/octet-stream"


def written(stamp: Timestamp) -> bytes:
    context = BytesSerializationContext()
    stamp.serialize(context)
    content: bytes = context.getbytes()
    return content


class Calendar:
    """A calendar: it promises at once, and answers with a block once `keep` was called."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.promised: bytes | None = None
        self.kept: bytes | None = None
        script.answer = self.answer

    def answer(self, path: str) -> Reply:
        if path == "/digest":
            stamp = Timestamp(self.script.bodies[-1])
            last = stamp.ops.add(OpAppend(b"calendar")).ops.add(OpSHA256())
            last.attestations.add(PendingAttestation(self.script.url))
            self.promised = last.msg
            return Reply(body=written(stamp), media=BYTES)
        if self.promised is not None and self.kept is not None and path == f"/timestamp/{self.promised.hex()}":
            return Reply(body=self.kept, media=BYTES)
        return Reply(status=404, body=b"Pending confirmation", media="text/plain")

    def keep(self, node: LitecoinNode) -> tuple[int, str]:
        """Put what was promised into a block of *node*; return its height and header."""
        address = node.new_address("own", "legacy")
        node.mine(101, address)
        coin = node.coins_of("own")[0]
        assert self.promised is not None
        txid = node.pay([coin], {"data": self.promised.hex(), address: "49.9"}, "own")
        (block,) = node.mine(1, address)
        raw = bytes.fromhex(node.ask("getrawtransaction", txid))
        before, behind = raw.split(self.promised)
        others = [each for each in node.ask("getblock", block)["tx"] if each != txid]
        assert len(others) == 1
        stamp = Timestamp(self.promised)
        tx = stamp.ops.add(OpPrepend(before)).ops.add(OpAppend(behind)).ops.add(OpSHA256()).ops.add(OpSHA256())
        both = tx.ops.add(OpPrepend(bytes.fromhex(others[0])[::-1]))
        root = both.ops.add(OpSHA256()).ops.add(OpSHA256())
        root.attestations.add(LitecoinBlockHeaderAttestation(node.height))
        self.kept = written(stamp)
        return node.height, str(node.ask("getblockheader", block, False))


def always(reply: Reply) -> Callable[[str], Reply]:
    return lambda _: reply


@contextmanager
def calendar_of(home: Path, more: str = "") -> Iterator[Calendar]:
    with serving() as script:
        home.mkdir(exist_ok=True)
        (home / "config.toml").write_text(
            f'[stamp]\ncalendars = ["{script.url}"]\nallow_private = true\n{more}', encoding="utf-8"
        )
        yield Calendar(script)


def node_section(node: LitecoinNode) -> str:
    return f"""
[[sources.bitcoin_node]]
name = "own"
chain = "litecoin-regtest"
url = "{node.url}"
user = "{USER}"
password_file = "node.password"
start_height = 1
[[sources.bitcoin_node.wallets]]
wallet = "cold"
watch = ["{node.new_address("own", "legacy")}"]
meaning = "transfer"
"""


@pytest.fixture
def packet(lotwork: Caller, tmp_path: Path) -> Path:
    lotwork.take(*BOOK)
    file = tmp_path / "packet.zip"
    lotwork("packet", "build", "--year", "2025", "--out", file)
    return file


def spoil(lotwork: Caller, packet: Path, block: tuple[int, str]) -> None:
    """Change each byte of the stamp, cut it, change the packet: what led to the block leads there no more."""
    proof = packet.with_name("packet.zip.ots")
    content, whole = proof.read_bytes(), proofs.Proof.read(proof.read_bytes())
    promise = (*whole.pending()[0].calendar.encode(),)
    begin = content.index(bytes(promise))
    for place in range(len(content)):
        if begin - 20 <= place < begin + len(promise):
            continue  # the promise beside it, which proves nothing
        try:
            read = proofs.Proof.read(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        except proofs.BrokenProofError:
            continue
        led_to = [(each.height, each.merkle_root[::-1].hex()) for each in read.attested()]
        assert read.digest != whole.digest or block not in led_to, place
    proof.write_bytes(content[:-1])
    assert "was changed" in lotwork("packet", "verify", packet, "--node", "own", code=4).out
    proof.write_bytes(content)
    packet.write_bytes(packet.read_bytes()[:-1] + b"\1")
    assert "is the stamp of other bytes" in lotwork("packet", "verify", packet, "--node", "own", code=4).out


@pytest.mark.node
def test_a_promise_becomes_a_block_that_the_own_node_shows(
    lotwork: Caller, packet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = LitecoinNode(tmp_path / "node").start()
    try:
        node.open_wallet("own")
        secret = lotwork.home / "node.password"
        with calendar_of(lotwork.home, node_section(node)) as calendar:
            secret.write_text(PASSWORD, encoding="utf-8")
            secret.chmod(0o600)
            lotwork("packet", "stamp", packet)
            proof = packet.with_name("packet.zip.ots")
            (sent,) = calendar.script.bodies
            assert len(sent) == 32
            assert sent != hashlib.sha256(packet.read_bytes()).digest()
            promised = lotwork("packet", "verify", packet, "--json").result
            assert promised["ok"]
            assert any("proves no time yet" in words for words in sentences(promised, "note"))
            assert [each["calendar"] for each in promised["attestations"]] == [calendar.script.url]
            lotwork("packet", "verify", packet, "--node", "own", code=4)
            lotwork("packet", "stamp", packet, "--upgrade", code=6)
            height, header = calendar.keep(node)
            lotwork("packet", "stamp", packet, "--upgrade")
        told = lotwork("packet", "verify", packet, "--json").result
        root = bytes.fromhex(header)[36:68][::-1].hex()
        block = {"kind": "block", "chain": "litecoin", "height": height, "merkle_root": root, "calendar": None}
        assert told["attestations"][0] == block
        assert any(root in words for words in sentences(told, "note"))
        shown = lotwork("packet", "verify", packet, "--node", "own")
        assert "this very packet existed by" in shown.out
        assert "is a test chain" in shown.err
        assert "only 1 blocks stand" in shown.out

        # the ordinary library reads the same file
        plain = DetachedTimestampFile.deserialize(BytesDeserializationContext(proof.read_bytes()))
        assert plain.file_digest == hashlib.sha256(packet.read_bytes()).digest()

        # by a header alone: that of a test chain has no work, until the chain is one
        no_work = lotwork("packet", "verify", packet, "--header", header, "--json", code=4).result
        assert "the header is none of litecoin" in sentences(no_work, "WRONG")[0]
        monkeypatch.setitem(RULES, "litecoin", RULES["litecoin-regtest"])
        given = lotwork("packet", "verify", packet, "--header", header, "--json").result
        assert any("this very packet existed by" in words for words in sentences(given, "ok"))
        other = f"{header[:72]}{int(header[72:74], 16) ^ 1:02x}{header[74:]}"
        for spoiled in (other, header[:-2], node.ask("getblockheader", node.ask("getblockhash", 1), False)):
            wrong = lotwork("packet", "verify", packet, "--header", spoiled, "--json", code=4).result
            assert sentences(wrong, "WRONG")

        spoil(lotwork, packet, (height, root))
    finally:
        node.kill()


def test_a_calendar_that_answers_otherwise_makes_no_stamp(lotwork: Caller, packet: Path) -> None:
    proof = packet.with_name("packet.zip.ots")
    with calendar_of(lotwork.home) as calendar:
        for reply, why in (
            (Reply(body=b"\x00" * 20, media=BYTES), ""),
            (Reply(body=b"<html>", media="text/html"), ""),
            (Reply(body=b"x" * 10_001, media=BYTES), ""),
            (Reply(status=404, body=b"no", media="text/plain"), "takes no digests there: correct its address"),
            (Reply(status=503, body=b"no", media="text/plain"), "try it again"),
        ):
            calendar.script.answer = always(reply)
            told = lotwork("packet", "stamp", packet, code=6)
            assert "no stamp was made" in told.err
            assert why in told.out
            assert "asked again" not in told.out + told.err
            assert "stamp in" not in told.out
            assert not proof.exists()


def test_a_stamp_is_made_once_and_a_strangers_calendar_is_not_asked(lotwork: Caller, packet: Path) -> None:
    proof = packet.with_name("packet.zip.ots")
    with calendar_of(lotwork.home) as calendar:
        lotwork("packet", "stamp", packet)
        assert "is there already" in lotwork("packet", "stamp", packet, code=3).err
        asked = len(calendar.script.asked)
    with calendar_of(lotwork.home) as other:
        told = lotwork("packet", "stamp", packet, "--upgrade", code=6)
        assert "was not asked" in told.out
        assert other.script.asked == []
    assert asked == 1
    assert proof.stat().st_mode & 0o777 == 0o600


def test_a_calendar_is_asked_over_https_on_the_public_internet_alone(lotwork: Caller, packet: Path) -> None:
    lotwork.home.mkdir(exist_ok=True)
    for address, why in (
        ("http://a.example.org", "must begin with https"),
        ("https://127.0.0.1:9", "not on the public"),
    ):
        (lotwork.home / "config.toml").write_text(f'[stamp]\ncalendars = ["{address}"]\n', encoding="utf-8")
        told = lotwork("packet", "stamp", packet, code=None)
        assert told.code != 0
        assert why in told.out + told.err
    assert Stamp().calendars == DEFAULT_AGGREGATORS


def test_without_the_extra_a_packet_is_verified_and_its_stamp_is_named(
    lotwork: Caller, packet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packet.with_name("packet.zip.ots").write_bytes(b"anything")

    monkeypatch.setitem(sys.modules, "opentimestamps", None)
    assert "pip install 'lotwork[stamp]'" in lotwork("packet", "verify", packet).out
    assert "pip install 'lotwork[stamp]'" in lotwork("packet", "stamp", packet, "--upgrade", code=2).err


def test_what_cannot_be_held_against_a_block_is_refused(lotwork: Caller, packet: Path) -> None:
    assert "no such stamp" in lotwork("packet", "verify", packet, "--header", "00" * 80, code=2).err
    for words, why in (
        (("--header", "xy"), "is no hex"),
        (("--header", "00", "--node", "n"), "both given"),
        (("--node", "none"), "is called 'none'"),
    ):
        assert why in lotwork("packet", "verify", packet, *words, code=2).err


def test_a_bitcoin_block_is_looked_for_in_bitcoin(lotwork: Caller, packet: Path) -> None:
    digest = hashlib.sha256(packet.read_bytes()).digest()
    stamp = Timestamp(digest)
    stamp.attestations.add(BitcoinBlockHeaderAttestation(0))
    context = BytesSerializationContext()
    DetachedTimestampFile(OpSHA256(), stamp).serialize(context)
    packet.with_name("packet.zip.ots").write_bytes(context.getbytes())
    genesis = ("01000000" + "00" * 32 + "3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a"
               "29ab5f49ffff001d1dac2b7c")  # fmt: skip
    told = lotwork("packet", "verify", packet, "--header", genesis, "--json", code=4).result
    (wrong,) = sentences(told, "WRONG")
    assert "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b" in wrong
