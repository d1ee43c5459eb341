"""`lotwork packet stamp`: a packet's digest in a block of Bitcoin, by OpenTimestamps; and what such a stamp proves."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.telling import hush, tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import InputRefusedError, SourceUnreachableError, StorageError, UsageError, plain
from lotwork.ledger.storage.files import private, read_plain, sync_folder
from lotwork.ledger.storage.whole_file import beside, disk_named, name_once
from lotwork.reports.packet import AttestationRow, CalendarRow, SentenceRow, StampListing

if TYPE_CHECKING:
    from lotwork.ingest.bitcoin.stamped import Held, Stood
    from lotwork.ingest.calendars.proof import Attested, Proof

ENDING = ".ots"
NONCE_BYTES = 16
WHAT = "stamp"
NOT_YET = "ask for it with `lotwork packet stamp --upgrade` after some hours"


@click.command("stamp")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--upgrade", is_flag=True, help="Ask for the block behind the promises of FILE.ots.")
@called
def stamp_packet(call: Call, *, file: Path, upgrade: bool) -> int:
    """Have a packet's digest stamped by the calendars of OpenTimestamps: FILE.ots proves that it existed by then.

    The calendars are sent a hash of the digest with random bytes, and nothing else. Some hours later --upgrade fetches
    the block of Bitcoin that holds it; `lotwork packet verify` tells what the stamp says.
    """
    from lotwork.config import load  # noqa: PLC0415 - only who stamps reads settings
    from lotwork.ingest.calendars.asking import Calendars  # noqa: PLC0415 - httpx2, only where it is used
    from lotwork.ingest.calendars.proof import Proof  # noqa: PLC0415 - an extra

    place = proof_of(file)
    digest = digest_of(file)
    if not upgrade and place.exists():
        raise InputRefusedError(f"{place}: is there already: fetch its block with --upgrade, or move it away first")
    config = load(call.home)
    hush(config.secrets())
    told = config.settings.stamp
    calendars = Calendars(
        told.calendars, SystemClock(), allow_private=told.allow_private, seconds=told.deadline_seconds
    )
    if upgrade:
        proof = read_proof(place)
        _check_digest(proof, digest, file, place)
        said = list(calendars.upgrade(proof))
    else:
        proof, sent = Proof.begin(digest, secrets.token_bytes(NONCE_BYTES))
        said = list(calendars.stamp(proof, sent))
    grown = any(each.answered for each in said)
    if grown:
        _write(proof, place, anew=upgrade)
    listing = StampListing(
        file=str(file),
        proof=str(place),
        sha256=digest.hex(),
        calendars=tuple(CalendarRow(calendar=each.calendar, answered=each.answered, words=each.words) for each in said),
        attestations=tuple(rows_of(proof)),
    )
    if call.as_json:
        print_alone("packet_stamp", listing)
    else:
        _show(listing)
    if not grown and not (upgrade and proof.attested()):
        done = "nothing was changed" if upgrade else "no stamp was made"
        call.say(f"lotwork: no calendar had an answer that could be used: {done}; try again later")
        return SourceUnreachableError.exit_code
    return 0


def proof_of(file: Path) -> Path:
    """Return where the stamp of a packet stands, as `ots` names it."""
    return file.with_name(file.name + ENDING)


def digest_of(file: Path) -> bytes:
    """Return the SHA-256 of a packet."""
    if not file.is_file():
        raise UsageError(f"{file}: is no file: a stamp is of the ZIP")
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").digest()
    except OSError as unreadable:
        raise StorageError(f"{file}: cannot be read ({unreadable})") from unreadable


def read_proof(place: Path) -> Proof:
    """Return the stamp at *place*; UsageError where there is none, or the extra is not installed."""
    from lotwork.ingest.calendars.proof import MOST_PROOF_BYTES, Proof  # noqa: PLC0415 - an extra

    if not place.exists():
        raise UsageError(f"{place}: there is no such stamp: make one with `lotwork packet stamp`")
    try:
        return Proof.read(read_plain(place, MOST_PROOF_BYTES + 1))
    except OSError as unreadable:
        raise StorageError(f"{place}: cannot be read ({unreadable})") from unreadable


def rows_of(proof: Proof) -> Iterator[AttestationRow]:
    """Yield what a proof rests on: blocks first, then promises."""
    for block in proof.attested():
        root = block.merkle_root[::-1].hex()
        yield AttestationRow(kind="block", chain=block.chain, height=block.height, merkle_root=root, calendar=None)
    for promise in proof.pending():
        yield AttestationRow(kind="pending", chain=None, height=None, merkle_root=None, calendar=promise.calendar)


def stamp_told(file: Path, held: Held | None) -> tuple[list[SentenceRow], list[AttestationRow]]:
    """Return what the stamp beside *file* says, and the sentences of its verification; *held* looks at a block.

    A stamp that is not of these bytes, or leads to a block that does not hold it, is WRONG.
    """
    place = proof_of(file)
    if file.is_dir() or not place.exists():
        if held is not None:
            raise UsageError(f"{place}: there is no such stamp to hold against a block")
        return [], []
    try:
        proof = read_proof(place)
        _check_digest(proof, digest_of(file), file, place)
    except UsageError as missing:
        if held is not None:
            raise
        return [_sentence("note", f"{place.name} lies beside the packet and was not read: {missing}")], []
    except InputRefusedError as broken:
        return [_sentence("WRONG", f"{place.name}: {broken}")], []
    told = list(_of_blocks(proof, held))
    if any(each.kind == "ok" for each in told):  # one block is enough; a node knows one chain, and a header is of one
        told = [_sentence("note", each.words) if each.kind == "WRONG" else each for each in told]
    if not proof.attested():
        waiting = ", ".join(each.calendar for each in proof.pending()) or "nobody that is known here"
        kind = "note" if held is None else "WRONG"
        told.append(_sentence(kind, f"{place.name} is of this very packet, and proves no time yet: promised by "
                                    f"{waiting}; {NOT_YET}."))  # fmt: skip
    return told, list(rows_of(proof))


def _of_blocks(proof: Proof, held: Held | None) -> Iterator[SentenceRow]:
    from lotwork.ingest.bitcoin.stamped import NotInBlockError  # noqa: PLC0415 - only where a stamp is

    for block in proof.attested():
        root = block.merkle_root[::-1].hex()
        where = f"block {block.height} of {block.chain}"
        if held is None:
            words = f"leads to {where}, whose merkle root must be {root}: compare it, or verify with --node or --header"
            yield _sentence("note", f"the stamp is of this very packet, and {words}.")
            continue
        try:
            stood = held(block.chain, block.height, block.merkle_root)
        except (NotInBlockError, SourceUnreachableError) as broken:
            yield _sentence("WRONG", f"the stamp is not shown to stand in {where}: {broken}")
        else:
            yield from _of_block(block, stood)


def _of_block(block: Attested, stood: Stood) -> Iterator[SentenceRow]:
    from lotwork.ingest.bitcoin.stamped import DEEP_ENOUGH  # noqa: PLC0415 - only where a stamp is

    yield _sentence("ok", f"this very packet existed by {stood.at:%Y-%m-%d %H:%M} UTC: block {block.height} of "
                          f"{block.chain} ({stood.block_hash}) holds its digest.")  # fmt: skip
    if stood.depth is None:
        yield _sentence("note", "that block's header was given, and shows its work; that it stands in the chain is "
                                "shown by its hash alone: compare that with a source you trust.")  # fmt: skip
    elif stood.depth < DEEP_ENOUGH:
        yield _sentence("note", f"only {stood.depth} blocks stand from that one to the newest: it may still be undone.")


def _sentence(kind: str, words: str) -> SentenceRow:
    return SentenceRow(kind=kind, words=words)


def _check_digest(proof: Proof, digest: bytes, file: Path, place: Path) -> None:
    if proof.digest != digest:
        raise InputRefusedError(
            f"{place.name} is the stamp of other bytes (SHA-256 {proof.digest.hex()}): {file.name} was changed, or "
            "the stamp is another packet's"
        )


def _write(proof: Proof, place: Path, *, anew: bool) -> None:
    """Write the stamp beside its place, and give it its name once the disk has all of it."""
    with disk_named(place, WHAT), beside(place.absolute()) as folder:
        made = folder / "stamp.ots"
        with open(made, "x+b", opener=private) as out:
            out.write(proof.content())
            out.flush()
            os.fsync(out.fileno())
        if anew:
            made.replace(place)
            sync_folder(place.absolute().parent)
        else:
            name_once(made, place, WHAT)


def _show(listing: StampListing) -> None:
    for each in listing.calendars:
        tell(f"{each.calendar}: {'answered' if each.answered else plain(each.words)}")
    for row in listing.attestations:
        if row.kind == "block":
            tell(f"Block {row.height} of {row.chain}, whose merkle root must be {row.merkle_root}")
    if not any(row.kind == "block" for row in listing.attestations) and listing.attestations:
        tell(f"Promised, and in no block yet: {NOT_YET}.")
    stamp = f"; stamp in {listing.proof}" if listing.attestations else ""
    tell(f"SHA-256 {listing.sha256}{stamp}")
