"""The program: `python3 verify.py` beside an unpacked packet, or `python3 verify.py PACKET.zip [--head HASH]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from lotwork.packet.checks.chain import check_head, read_chain
from lotwork.packet.checks.container import Members, Unpacked, Zipped
from lotwork.packet.checks.figures import Redone, check_figures, check_prices
from lotwork.packet.checks.filed import check_evidence, check_filed, check_findings
from lotwork.packet.checks.forms import FORMS_FOLDER, check_forms
from lotwork.packet.checks.history import Holding, Recorded
from lotwork.packet.checks.law import Figures, check_law
from lotwork.packet.checks.manifest import check_manifest
from lotwork.packet.checks.state import check_state
from lotwork.packet.checks.telling import UNREADABLE, BrokenPacketError, Report, Told, plain_line, read_json

BY_MANIFEST = ("README.txt", "findings.json", "what results/liability.json says in words")
REDONE_FORMS = ("8949-", "schedule-d", "lots", "return", "drake", "taxact", "turbotax", "state")


def is_redone(name: str) -> bool:
    """Say whether a file of the forms is held against what was done anew."""
    return name[len(FORMS_FOLDER) :].startswith(REDONE_FORMS)


def verify_members(members: Members, head: str | None = None) -> Report:
    """Check a packet and return what was found; nothing of the packet is run, written or believed."""
    report = Report()
    try:
        check_whole(members, head, report)
    except BrokenPacketError as broken:
        report.wrong(broken.where, broken.why)
    except MemoryError:
        report.wrong("the packet", "has a member that takes more memory than this machine gives: none was checked to "
                     "its end; if the packet is honest, verify it on a larger machine")  # fmt: skip
    except UNREADABLE as broken:
        report.wrong("the packet", f"has something in it that is not as Lotwork writes it ({type(broken).__name__}: "
                     f"{str(broken)[:200]})")  # fmt: skip
    return report


def check_whole(members: Members, head: str | None, report: Report) -> None:
    """Check every part, each on what was checked before it; what is broken stops what would rest on it."""
    manifest = check_manifest(members, report)
    if manifest["draft"]:
        report.note(f"DRAFT: this packet is no final one: {'; '.join(manifest['draft_because'])}")
    chain = read_json(members.read("chain.json"), "chain.json")
    for key in ("book", "position", "head"):
        if chain[key] != manifest[key]:
            raise BrokenPacketError("chain.json", f"tells another {key} than the manifest")
    named: set[str] = set()
    redacted = manifest["left_out"]["addresses"] is True
    recorded = Recorded(watched(read_chain(members, chain, report, redacted=redacted), named), report)
    check_head(chain, head, report)
    holding = Holding(recorded, read_json(members.read("decisions.json"), "decisions.json"), report)
    law = read_json(members.read("law.json"), "law.json")
    rules = check_law(members, law, [each for each in holding.events if each.kind == "rule"], manifest, report)
    redone = Redone(manifest["year"], holding, Figures(members, rules), report)
    check_figures(members, redone, manifest, report)
    check_prices(members, redone, report)
    check_forms(members, redone, manifest, report)
    check_state(members, rules, report)
    check_filed(members, holding, manifest, report)
    check_evidence(members, manifest, named, report)
    check_findings(members, manifest, report)
    redone.timing.tell(report)
    alone = [name for name in members.names() if name.startswith(FORMS_FOLDER) and not is_redone(name)]
    report.note(f"bound by the manifest alone, and not re-done: {', '.join([*BY_MANIFEST, *alone])}.")
    if recorded.other_kinds:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(recorded.other_kinds.items()))
        report.note(f"events that say nothing of lots or of income, bound by the chain and not re-done: {kinds}.")


def watched(rows: Iterator[Told], named: set[str]) -> Iterator[Told]:
    """Yield the events, and add to *named* the evidence that each names."""
    for row in rows:
        told = row["told"]
        setting = told.get("set") if row["kind"] == "correction" else None
        law = told.get("law_files") if row["kind"] == "filing" else None
        for sha256 in (told.get("evidence"), setting.get("evidence") if isinstance(setting, dict) else None, law):
            if isinstance(sha256, str):
                named.add(sha256)
        yield row


def show(report: Report) -> None:
    """Print the sentences, each line with what it is."""
    for kind, words in report.lines:
        sys.stdout.write(f"{kind:>5}  {plain_line(words)}\n")
    if report.ok:
        sys.stdout.write("Everything that was checked holds.\n")
    else:
        sys.stdout.write("THIS PACKET DOES NOT HOLD: do not rely on its figures.\n")


def verify_place(place: str, head: str | None) -> Report:
    """Check the ZIP or the folder at *place*."""
    if Path(place).exists() and not (Path(place).is_dir() or Path(place).is_file()):
        report = Report()
        report.wrong(place, "is neither a file nor a folder")
        return report
    try:
        if Path(place).is_dir():
            return verify_members(Unpacked(place), head)
        with Path(place).open("rb") as file:
            return verify_members(Zipped(file), head)
    except BrokenPacketError as broken:
        report = Report()
        report.wrong(broken.where, broken.why)
        return report


def main(words: list[str] | None = None) -> int:
    """Check what the command line names; exit 0 only where everything holds."""
    parser = argparse.ArgumentParser(description="Check a packet of Lotwork with nothing but Python.")
    parser.add_argument("packet", nargs="?", default=str(Path(__file__).resolve().parent),
                        help="the ZIP, or the folder it was unpacked into (default: this program's)")  # fmt: skip
    parser.add_argument("--head", metavar="HASH", help="the head of the log, as you know it from elsewhere")
    told = parser.parse_args(words)
    try:
        report = verify_place(told.packet, told.head)
    except OSError as unreadable:
        sys.stdout.write(f"WRONG  {told.packet}: cannot be read ({unreadable})\n")
        return 1
    show(report)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
