"""The return of the state: its files against the answer, its sums, and the figures behind it against the law packed."""

from __future__ import annotations

from lotwork.packet.checks.amounts import in_words
from lotwork.packet.checks.container import Members
from lotwork.packet.checks.forms import FormFiles, bare_cell
from lotwork.packet.checks.law import LAW_FOLDER
from lotwork.packet.checks.lines import CENT_DIGITS, MOST_APART_CENTS, cents_of
from lotwork.packet.checks.telling import Report, Told, read_json

STATE_LINES, STATE_RIGS, STATE_YEARS, STATE_FIGURES = (
    "state.csv", "state-4562.csv", "state-add-back.csv", "state-figures.csv",
)  # fmt: skip
RIG_KEYS = ("id", "equipment", "federal_usd", "state_usd", "federal_basis_left_usd", "state_basis_left_usd",
            "federal_gain_usd", "state_gain_usd")  # fmt: skip
YEAR_KEYS = ("year", "bonus_usd", "section_179_usd", "state_section_179_usd")
PLAIN_IN_TOML = '"\\'
"""What a file of law writes otherwise than it reads."""


def check_state(members: Members, rules: list[Told], report: Report) -> None:
    """Hold the files of the state's return against the answer, and what it comes to against itself."""
    files = FormFiles(members)
    own = read_json(members.read("results/liability.json"), "results/liability.json").get("state")
    if own is None:
        told = sorted(name for name in files.names if name.startswith("state"))
        report.compare("forms, files of a state where the answer has none", told, [])
        return
    good = check_state_lines(files, own, report)
    depreciation = own["depreciation"] or {"rigs": [], "years": []}
    good = check_table(files, STATE_RIGS, RIG_KEYS, depreciation["rigs"], report) and good
    good = check_table(files, STATE_YEARS, YEAR_KEYS, depreciation["years"], report) and good
    due = cents_of(own["tax_after_credits_usd"]) - cents_of(own["payments_usd"])
    if abs(due - cents_of(own["balance_due_usd"])) > MOST_APART_CENTS:
        report.wrong("results/liability.json, the state's balance due", f"is {own['balance_due_usd']}, and its tax "
                     f"less what was paid is {in_words(due, CENT_DIGITS)}")  # fmt: skip
        good = False
    good = check_state_figures(members, files, rules, report) and good
    if good:
        report.holds(f"the {len(own['lines'])} lines of {own['form']}, its depreciation and what is due of it stand in "
                     "the forms as in the answer, and each figure behind them is named in the law packed. What its "
                     "rates make of them is bound by digest and not re-done.")  # fmt: skip


def check_state_lines(files: FormFiles, own: Told, report: Report) -> bool:
    """Hold each line of the file against the answer's, in its order."""
    told = [[bare_cell(cell) for cell in row.values()] for row in files.rows(STATE_LINES)]
    found = [
        [bare_cell(cell) for cell in (each["form"], each["line"], each["label"], each["amount_usd"],
                                      ", ".join(each["cites"]), ", ".join(each["from"]))]
        for each in own["lines"]
    ]  # fmt: skip
    return report.compare(f"forms/{STATE_LINES}", told, found)


def check_table(files: FormFiles, name: str, keys: tuple[str, ...], rows: list[Told], report: Report) -> bool:
    """Hold each row of a file against the answer's."""
    told = [[bare_cell(cell) for cell in row.values()] for row in files.rows(name)]
    found = [[bare_cell("" if row[key] is None else str(row[key])) for key in keys] for row in rows]
    return report.compare(f"forms/{name}", told, found)


def check_state_figures(members: Members, files: FormFiles, rules: list[Told], report: Report) -> bool:
    """Hold the name and the source of each figure against the file of law that it is of, or a rule of the book."""
    good, ruled = True, {rule["figure"] for rule in rules}
    for row in files.rows(STATE_FIGURES):
        topic, _, name = bare_cell(row["path"]).rpartition("/")
        member = f"{LAW_FOLDER}{topic}.toml"
        text = members.read(member).decode("utf-8") if member in members.names() else ""
        source = bare_cell(row["source"])
        read = any(each in source for each in PLAIN_IN_TOML) or source in text
        if f"[{name}]" not in text or not (read or bare_cell(row["path"]) in ruled):
            report.wrong(f"forms/{STATE_FIGURES}, {row['path']}", "is not in the law packed as it is told")
            good = False
    return good
