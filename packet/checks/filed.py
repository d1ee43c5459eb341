"""Returns that were filed: each line bound by the event of the filing, its evidence, and the log it was made from."""

from __future__ import annotations

from lotwork.packet.checks.container import Members
from lotwork.packet.checks.history import Holding
from lotwork.packet.checks.telling import Report, Told, read_json, short

EVIDENCE_FOLDER = "evidence/"


def check_filed(members: Members, holding: Holding, manifest: Told, report: Report) -> None:
    """Hold the lines that were filed against the event that recorded them, and tell what has moved since."""
    told = read_json(members.read("filed.json"), "filed.json")
    year = manifest["year"]
    filings = [each for each in holding.events if each.kind == "filing" and each.get("year") == year]
    named = [{"id": each.id, **{key: each.get(key) for key in ("at", "position", "head", "law")}} for each in filings]
    report.compare("filed.json, filings", told["filings"], named)
    if not filings:
        report.compare("filed.json", told, {"filings": [], "figures": None, "moved": []})
        report.note(f"no return of {year} is recorded as filed.")
        return
    last = filings[-1]
    figures: Told = last.told["figures"]
    good = report.compare("filed.json, figures", told["figures"], figures)
    member = f"{EVIDENCE_FOLDER}{last.text('evidence')}"
    if member in members.names():
        answer = read_json(members.read(member), member)
        filed = [[line["form"], line["line"], line["amount_usd"]] for line in figures["lines"]]
        shown = [[line["form"], line["line"], line["amount_usd"]] for line in answer["lines"]]
        good = report.compare(f"{member}, its lines", shown, filed) and good
        own = [[line["form"], line["line"], line["amount_usd"]] for line in lines_of_state(figures)]
        shown = [[line["form"], line["line"], line["amount_usd"]] for line in lines_of_state(answer)]
        good = report.compare(f"{member}, the lines of the state", shown, own) and good
        where = "the exact answer kept as evidence has the same"
    else:
        where = "the exact answer of that day is not in this packet"
    now = read_json(members.read("results/liability.json"), "results/liability.json")
    moved = moved_lines(figures["lines"], now["lines"])
    good = report.compare("filed.json, moved", told["moved"], moved) and good
    if figures.get("state") is not None:
        of_state = moved_lines(lines_of_state(figures), lines_of_state(now))
        good = report.compare("filed.json, moved_state", told.get("moved_state"), of_state) and good
        moved = [*moved, *of_state]
    if good:
        report.holds(f"the {len(figures['lines'])} lines of the return of {year} as filed ({short(last.id)}) stand in "
                     f"the chain; {where}.")  # fmt: skip
    if moved:
        report.note(f"{len(moved)} lines have moved since the return was filed; `filed.json` lists them.")


def lines_of_state(told: Told) -> list[Told]:
    """Return the lines of the state's return in an answer or in what was filed; none where it has none."""
    lines: list[Told] = (told.get("state") or {"lines": []})["lines"]
    return lines


def moved_lines(before: list[Told], after: list[Told]) -> list[Told]:
    """Return the lines whose amount is another than was filed, in the order of the forms as filed, then new ones."""
    old = {(line["form"], line["line"], line["label"]): line["amount_usd"] for line in before}
    new = {(line["form"], line["line"], line["label"]): line["amount_usd"] for line in after}
    return [
        {"form": name[0], "line": name[1], "label": name[2], "filed_usd": old.get(name), "now_usd": new.get(name)}
        for name in dict.fromkeys([*old, *new])
        if old.get(name, "0.00") != new.get(name, "0.00")
    ]


def check_evidence(members: Members, manifest: Told, named: set[str], report: Report) -> None:
    """Hold each piece of evidence against its name, which is its SHA-256, and against the events that name it."""
    held = [name[len(EVIDENCE_FOLDER) :] for name in members.names() if name.startswith(EVIDENCE_FOLDER)]
    good = True
    for sha256 in held:
        if members.digest(f"{EVIDENCE_FOLDER}{sha256}") != sha256:
            report.wrong(f"{EVIDENCE_FOLDER}{sha256}", "is not what its name, its SHA-256, says")
            good = False
        if sha256 not in named:
            report.wrong(f"{EVIDENCE_FOLDER}{sha256}", "is evidence that no event names")
            good = False
    left = set(manifest["left_out"]["evidence"]) | set(manifest["lost_evidence"])
    good = report.compare("the evidence that events name", sorted([*held, *left]), sorted(named)) and good
    if good:
        report.holds(f"{len(held)} pieces of evidence are what the events name by SHA-256.")
    if manifest["left_out"]["evidence"]:
        report.note(f"{len(manifest['left_out']['evidence'])} pieces of evidence were left out; the events hold their "
                    "SHA-256, by which each can be checked when it is shown.")  # fmt: skip
    for sha256 in manifest["lost_evidence"]:
        report.note(f"the evidence {short(sha256)} was lost before this packet was made.")


def check_findings(members: Members, manifest: Told, report: Report) -> None:
    """Tell what is open about the year, and who acknowledged it."""
    told = read_json(members.read("findings.json"), "findings.json")
    still_open = [each for each in told["findings"] if each["acknowledged_by"] is None and each["stops_filing"]]
    settled = [each for each in told["findings"] if each["acknowledged_by"] is not None]
    report.compare("findings.json, draft", bool(manifest["draft_because"]), manifest["draft"])
    if still_open and not manifest["draft"]:
        report.wrong("findings.json", "findings are open, and the packet does not say that it is a draft")
    report.note(f"findings: {len(still_open)} stand in the way of filing, {len(settled)} were acknowledged by name in "
                f"the filing, {len(told['findings'])} in all; `findings.json` tells them.")  # fmt: skip
