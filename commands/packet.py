"""`lotwork packet`: a year in one ZIP for the accountant, who checks it without Lotwork; and the same check here."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lotwork.commands.answer import Call, answer, called, print_alone
from lotwork.commands.as_of_options import DAY, AsOfOptions
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.forms import drawing_of
from lotwork.commands.packet_stamp import stamp_packet, stamp_told
from lotwork.commands.stamp_blocks import blocks
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.commands.upkeep import INTEGRITY
from lotwork.ledger.errors import InputRefusedError, StorageError, UsageError, plain
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.files import private, sync_folder
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.whole_file import beside, disk_named, name_once
from lotwork.packet.checks.container import Zipped
from lotwork.packet.checks.main import verify_place
from lotwork.packet.checks.telling import BrokenPacketError
from lotwork.packet.contents import Packing
from lotwork.packet.verifier import VERIFIER_NAME, verifier
from lotwork.projections.filing.check import acknowledged
from lotwork.projections.filing.filed import filings
from lotwork.reports.forms.folder import FORMATS, draw
from lotwork.reports.gains import list_gains
from lotwork.reports.income import list_income
from lotwork.reports.lots import list_lots
from lotwork.reports.packet import MEMBERS, MemberRow, PacketListing, PacketVerifyListing, SentenceRow
from lotwork.reports.tax import list_liability
from lotwork.reports.whole_result import result_of

if TYPE_CHECKING:
    from lotwork.projections.findings import Finding
    from lotwork.rules.load import Law

WHAT = "packet"
NOT_PACKED = frozenset({"xlsx", "txf", "pdf"})
"""A workbook is compressed by whatever library the machine has, and paper is drawn by an extra that it may lack:
neither is the same bytes on every machine."""


@click.group("packet")
def packet_command() -> None:
    """Pack a year for the accountant, with a program that checks it without Lotwork; or check a packet."""


packet_command.add_command(stamp_packet)


@packet_command.command("build")
@Year
@click.option("--out", "file", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The ZIP to write.")
@click.option("--without-addresses", is_flag=True, help="Leave out addresses, and the evidence, which holds them too.")
@click.option("--without-evidence", is_flag=True, help="Leave out the evidence; its SHA-256 stay.")
@click.option("--on", "on", type=DAY, metavar="DATE", help="Look at it as of that day.  [default: today]")
@click.option("--overwrite", is_flag=True, help="Take the place of FILE where it is there.")
@Wide
@called
def build_packet(
    call: Call,
    *,
    year: int | None,
    file: Path,
    without_addresses: bool,
    without_evidence: bool,
    on: datetime | None,
    overwrite: bool,
) -> int:
    """Write the year's packet: events, law, evidence, prices, findings, forms, results, and verify.py.

    The same book and options give the same bytes. What stops `lotwork file` makes it a draft, and it says so.
    """
    year = asked_year(call, year, None if on is None else on.date())
    with disk_named(file, WHAT):
        _check_place(file, overwrite=overwrite)
    with call.log() as log:
        found = log.verify(call.book)
        if not found.ok:
            raise found.error(f"no packet was made: {found.message}")
        packing, law, findings = _packing(call, log, year, on)
        packing = _with_options(packing, without_addresses, without_evidence)
        listing = _written(packing, file, overwrite=overwrite)
        return answer(call, "packet_build", listing, log=log, law=law, findings=findings, year=year,
                      up_to=packing.head.position, show=lambda: _show(listing, call.book))  # fmt: skip


def _check_place(file: Path, *, overwrite: bool) -> None:
    if file.is_dir() or (file.exists() and not overwrite):
        raise InputRefusedError(f"{file}: is there already: name another file, or say --overwrite")
    if not file.absolute().parent.is_dir():
        raise StorageError(f"{file}: there is no folder {file.absolute().parent}: make it, or name another file")


def _with_options(packing: Packing, without_addresses: bool, without_evidence: bool) -> Packing:  # noqa: FBT001 - options
    told = {**vars(packing), "without_addresses": without_addresses, "without_evidence": without_evidence}
    return Packing(**told)


def _packing(call: Call, log: EventLog, year: int, on: datetime | None) -> tuple[Packing, Law, list[Finding]]:
    """Return what the packet is made of, all of it as the log stands at one position."""
    head = log.head(call.book)
    if not head.position:
        raise InputRefusedError(f"book {call.book} holds nothing: there is nothing to pack")
    options = AsOfOptions(up_to=head.position)
    now = None if on is None else on.replace(tzinfo=UTC) + timedelta(hours=12)
    drawing, folded, prepared, findings = drawing_of(call, log, year, options, now)
    book, law = folded.book, folded.law
    files = draw(drawing, [name for name in FORMATS if name not in NOT_PACKED])
    filed = tuple(filings(book.history, year))
    names = filed[-1].acknowledged if filed else ()
    _, not_settled = acknowledged(findings, names)
    told = book.told()
    state = prepared.state if prepared.state.is_filed else None
    results = {
        "gains": result_of("gains", list_gains(book, year), head=head, law=law, findings=told),
        "income": result_of("income", list_income(book, year), head=head, law=law, findings=told),
        "lots": result_of("lots", list_lots(book, None), head=head, law=law, findings=told),
        "liability": result_of(
            "liability", list_liability(prepared.owed, state), head=head, law=prepared.law,
            findings=(*told, *prepared.owed.findings, *(() if state is None else state.findings)),
        ),
    }  # fmt: skip
    packing = Packing(
        log=log,
        evidence=Evidence(call.home),
        book=book,
        law=law,
        head=head,
        year=year,
        draft=drawing.draft,
        findings=tuple(findings),
        stopping=frozenset(prepared.open),
        acknowledged={each: filed[-1].id for each in findings if filed and each not in not_settled},
        filings=filed,
        results=results,
        forms={each.name: each.content for each in files},
    )
    return packing, law, findings


def _written(packing: Packing, file: Path, *, overwrite: bool) -> PacketListing:
    """Write the packet beside its place, and give it its name once the disk has all of it."""
    with disk_named(file, WHAT), beside(file.absolute()) as folder:
        made = folder / "packet.zip"
        with open(made, "x+b", opener=private) as out:
            members, told = packing.write(out)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            sha256 = hashlib.file_digest(out, "sha256").hexdigest()
            size = out.tell()
        if overwrite:
            made.replace(file)
            sync_folder(file.absolute().parent)
        else:
            name_once(made, file, WHAT)
    return PacketListing(
        year=packing.year,
        file=str(file),
        bytes=size,
        sha256=sha256,
        draft=bool(packing.draft),
        draft_because=packing.draft,
        without_addresses=packing.without_addresses,
        evidence=sum(each.name.startswith("evidence/") for each in members),
        evidence_left_out=len(told["left_out"]["evidence"]),
        evidence_lost=len(told["lost_evidence"]),
        members=tuple(MemberRow(name=each.name, bytes=each.size, sha256=each.sha256) for each in members),
    )


def _show(listing: PacketListing, book: str) -> None:
    forms = [each for each in listing.members if each.name.startswith("forms/")]
    show_rows(f"{'DRAFT: ' if listing.draft else ''}Packet of {listing.year}, in {listing.file}", MEMBERS, forms)
    tell(f"{len(listing.members) + 1} members, {listing.bytes} bytes, {listing.evidence} pieces of evidence.")
    if listing.evidence_left_out:
        tell(f"Left out: {listing.evidence_left_out} pieces of evidence; their SHA-256 stay.")
    if listing.evidence_lost:
        tell(f"Lost before: {listing.evidence_lost} pieces of evidence, which the packet says.")
    for why in listing.draft_because:
        tell(f"DRAFT: {plain(why.partition(':')[0])}")
    tell(f"SHA-256 {listing.sha256}")
    head = f"lotwork --book {shlex.quote(book)} head"
    tell(f"Give your accountant the head by another way than the packet: `{head}` tells it.")


@packet_command.command("verify")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--head", metavar="HASH", help="The head of the log, as you know it from elsewhere.")
@click.option("--node", metavar="NAME", help="Hold FILE.ots against the blocks of that node of the settings.")
@click.option("--header", metavar="HEX", help="Hold FILE.ots against a block's header: its 80 bytes in hex.")
@called
def verify_packet(call: Call, *, file: Path, head: str | None, node: str | None, header: str | None) -> int:
    """Check a packet, or the folder it was unpacked into, as `verify.py` does; nothing of the packet is run.

    Where FILE.ots lies beside it, tell what that stamp says. Nothing is asked of anybody without --node.
    """
    if not file.exists():
        raise UsageError(f"{file}: there is no such file")
    try:
        report = verify_place(str(file), head)
    except OSError as unreadable:
        raise StorageError(f"{file}: cannot be read ({unreadable})") from unreadable
    own = _has_own_verifier(file)
    with blocks(call, node, header) as held:
        of_stamp, attestations = stamp_told(file, held)
    told = [SentenceRow(kind=kind, words=words) for kind, words in (*report.lines, *_of_verifier(own=own))]
    sentences = (*told, *of_stamp)
    ok = all(each.kind != "WRONG" for each in sentences)
    listing = PacketVerifyListing(
        file=str(file), ok=ok, own_verifier=own, sentences=sentences, attestations=tuple(attestations)
    )
    if call.as_json:
        print_alone("packet_verify", listing)
    else:
        for each in sentences:
            tell(f"{each.kind:>5}  {plain(each.words)}")
        tell("Everything that was checked holds." if ok else "THIS PACKET DOES NOT HOLD.")
    return 0 if ok else INTEGRITY


def _of_verifier(*, own: bool) -> Iterator[tuple[str, str]]:
    if own:
        yield "ok", "the verify.py inside is the one that this Lotwork packs, to the byte."
    else:
        yield (
            "note",
            (
                "the verify.py inside is not the one that this Lotwork packs: it is of another release, or was "
                "changed; this check did not run it."
            ),
        )


def _has_own_verifier(file: Path) -> bool:
    """Say if the `verify.py` of a packet is ours; no byte of one of another size is read."""
    own = verifier()
    try:
        if file.is_dir():
            inside = file / VERIFIER_NAME
            return inside.is_file() and inside.stat().st_size == len(own) and inside.read_bytes() == own
        if not file.is_file():
            return False
        with file.open("rb") as opened:
            members = Zipped(opened)
            return members.size(VERIFIER_NAME) == len(own) and members.read(VERIFIER_NAME) == own
    except (OSError, BrokenPacketError, KeyError):
        return False
