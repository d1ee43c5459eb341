"""The figures that were packed, held against those re-done from the events."""

from __future__ import annotations

from lotwork.packet.checks.container import Members
from lotwork.packet.checks.disposals import totals_of
from lotwork.packet.checks.history import Happening, Holding
from lotwork.packet.checks.income import Income
from lotwork.packet.checks.law import Figures
from lotwork.packet.checks.lots import Lots
from lotwork.packet.checks.telling import Report, Told, read_json
from lotwork.packet.checks.timing import Timing
from lotwork.packet.checks.worth import Valued

KEYS_OF_RESULTS = {
    "income": ("year", "rows", "totals", "by_day", "by_pool", "pending", "doubtful"),
    "gains": ("year", "rows", "totals", "removed", "pending"),
    "lots": ("at", "rows", "pending"),
    "liability": ("year", "status", "activity", "summary", "carried_in", "carried_forward", "lines", "state"),
}


class Redone:
    """Income, lots and gains of the year, re-done."""

    def __init__(self, year: int, holding: Holding, law: Figures, report: Report) -> None:
        self.year, self.holding, self.law = year, holding, law
        valued = Valued(holding, law, report)
        events = list(valued.counted())
        self.timing = Timing(year)
        self.income = Income(year, valued)
        self.lots = Lots(year, holding, events, law, self.timing)
        together: list[Happening] = []
        for event in events:
            if together and event.at != together[0].at:
                self._fold(together)
                together = []
            together.append(event)
        if together:
            self._fold(together)
        self.multiplied = valued.multiplied
        self.prices = valued

    def _fold(self, together: list[Happening]) -> None:
        self.lots.fold(together)
        for event in together:
            self.income.take(event)


def check_figures(members: Members, redone: Redone, manifest: Told, report: Report) -> None:
    """Compare income, gains and open lots row by row."""
    names = {name: f"results/{name}.json" for name in ("income", "gains", "lots")}
    told = {name: read_json(members.read(member), member) for name, member in names.items()}
    for name in names:
        check_heading(told[name], name, KEYS_OF_RESULTS[name], manifest, report)
    for name in ("gains", "lots"):
        report.compare(f"{names[name]}, findings", told[name]["findings"], told["income"]["findings"])
    report.compare(f"{names['lots']}, at", told["lots"]["at"], None)
    report.compare(f"{names['lots']}, pending", told["lots"]["pending"], redone.income.pending_of_all)
    income, gains = redone.income, redone.lots.gains
    if report.compare_rows(names["income"], told["income"]["rows"], income.rows):
        report.holds(f"{len(income.rows)} receipts of {redone.year} have the value of their quantity at the recorded "
                     f"price, to the micro-dollar ({redone.multiplied} of all years were multiplied).")  # fmt: skip
    if report.compare(f"{names['income']}, totals", told["income"]["totals"], income.totals()):
        report.holds(f"the income of {redone.year} by kind is the sum of these receipts: "
                     f"{income.totals()['value_usd']} USD.")  # fmt: skip
    report.compare(f"{names['income']}, by_day", told["income"]["by_day"], income.by_day())
    report.compare(f"{names['income']}, by_pool", told["income"]["by_pool"], income.by_pool())
    report.compare(f"{names['income']}, pending", told["income"]["pending"], income.pending)
    report.compare(f"{names['income']}, doubtful", told["income"].get("doubtful", []), income.held)
    good = report.compare_rows(names["gains"], told["gains"]["rows"], gains.rows)
    good = report.compare(f"{names['gains']}, totals", told["gains"]["totals"], totals_of(gains.rows)) and good
    good = report.compare_rows(f"{names['gains']}, removed", told["gains"]["removed"], gains.removed) and good
    if report.compare(f"{names['gains']}, pending", told["gains"]["pending"], sorted(gains.pending)) and good:
        totals = totals_of(gains.rows)
        report.holds(
            f"{len(gains.rows)} rows of gains of {redone.year} follow from the lots, re-done from the events: short "
            f"{totals['short']['gain_usd']}, long {totals['long']['gain_usd']} USD."
        )
    open_rows = sorted(redone.lots.open_rows(), key=by_place)
    if report.compare_rows(names["lots"], sorted(told["lots"]["rows"], key=by_place), open_rows):
        report.holds(f"{len(open_rows)} lots are open, with the quantity, basis and day re-done from the events.")


def check_heading(told: Told, name: str, keys: tuple[str, ...], manifest: Told, report: Report) -> None:
    """Check what an answer says that it rests on, and that it has the keys of such an answer and no other."""
    member = f"results/{name}.json"
    report.compare(f"{member}, schema", told["schema"], f"lotwork.{name}.v1")
    for key in ("book", "position", "head", "law"):
        report.compare(f"{member}, {key}", told[key], manifest[key])
    if "year" in keys:
        report.compare(f"{member}, year", told["year"], manifest["year"])
    unknown = sorted(set(told) - {"schema", "book", "position", "head", "law", "findings", *keys})
    report.compare(f"{member}, further keys", unknown, [])


def by_place(row: Told) -> tuple[str, str]:
    """Return where a lot lies; a wallet named by an address that was left out stands elsewhere in the order."""
    return row["asset"], row["wallet"]


def check_prices(members: Members, redone: Redone, report: Report) -> None:
    """Hold each price that was packed with its source against the samples in the events."""
    told = read_json(members.read("prices.json"), "prices.json")["rows"]
    found = {row["receipt"]: row for row in redone.income.rows}
    good = True
    for number, row in enumerate(told, 1):
        where = f"prices.json, row {number}"
        mine = found.get(row["event"])
        if mine is None:
            report.wrong(where, "prices an event that is no income of the year")
            good = False
            continue
        good = report.compare(f"{where}, asset", row["asset"], mine["asset"]) and good
        good = report.compare(f"{where}, price_usd", row["price_usd"], mine["price_usd"]) and good
        good = report.compare(f"{where}, source", row["source"], mine["price_source"]) and good
        good = report.compare(f"{where}, sample", row["sample"], redone.prices.samples.get(row["event"])) and good
    order = [row["event"] for row in told] == [row["receipt"] for row in redone.income.rows]
    good = report.compare("prices.json, in the order of the receipts", order, True) and good
    if report.compare("prices.json, number of rows", len(told), len(found)) and good:
        report.holds(f"{len(told)} prices of the year's receipts name the source that the events name.")
