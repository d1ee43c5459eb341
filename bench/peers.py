"""rp2 and beancount, from their own releases in an environment of their own, over the same miner."""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.measure import Cost, least, run
from bench.workload import MICROS, Step, gain_micros, write_beancount, write_rp2

VERSIONS = ("rp2==1.7.2", "beancount==3.2.3")
ENVIRONMENT = Path(sys.prefix) / "peers"

SUM_OF_GAINS = """
import sys
from beancount import loader
entries, errors, _ = loader.load_file(sys.argv[1])
postings = (posting for entry in entries for posting in getattr(entry, "postings", ()))
print(len(errors), -sum(posting.units.number for posting in postings if posting.account == "Income:Gains"))
"""


class Peer(NamedTuple):
    """What a peer did with one size: its cost, its total gain, and the total it should have come to."""

    name: str
    size: int
    cost: Cost
    gain_usd: str
    oracle_usd: str


def install() -> Path:
    """Make the peers' environment once; return its folder of programs."""
    programs = ENVIRONMENT / "bin"
    if not (programs / "rp2_us").exists() or not (programs / "bean-check").exists():
        run([sys.executable, "-m", "venv", ENVIRONMENT])
        run([programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *VERSIONS])
    return programs


def rp2(programs: Path, folder: Path, happened: Sequence[Step], times: int) -> Peer:
    """Run rp2's US plugin: one pool over all wallets, first in first out, three reports."""
    settings, sheet, out = folder / "rp2.ini", folder / "rp2.ods", folder / "rp2"
    write_rp2(settings, sheet, happened)
    out.mkdir(exist_ok=True)
    words = ["sh", "-c", 'cd "$1" && exec "$2" -m fifo -o "$3" "$4" "$5"', "sh"]
    cost = least([run([*words, folder, programs / "rp2_us", out, settings, sheet]) for _ in range(times)])
    report = zipfile.ZipFile(out / "fifo_rp2_full_report.ods").read("content.xml").decode()
    gain = sum(gain for kind, gain in yearly_totals(report) if kind == "SELL")
    return Peer("rp2_us -m fifo (3 reports)", len(happened), cost, f"{gain:.6f}", usd(happened, by_wallet=False))


def yearly_totals(report: str) -> list[tuple[str, float]]:
    """Return (transaction type, gain) of each row of rp2's yearly summary."""
    sheet = next(re.finditer(r'<table:table [^>]*table:name="BTC Tax".*?</table:table>', report, re.DOTALL))
    totals = []
    for row in re.findall(r"<table:table-row.*?</table:table-row>", sheet.group(), re.DOTALL):
        cells = [told for value, text in CELL.findall(row) if (told := value or re.sub(r"<[^>]+>", "", text))]
        if len(cells) >= len(SUMMARY) and cells[0].isdigit() and cells[SUMMARY.index("term")] in ("SHORT", "LONG"):
            totals.append((cells[SUMMARY.index("type")], float(cells[SUMMARY.index("gain")])))
    return totals


SUMMARY = ("year", "asset", "gain", "term", "type", "crypto", "usd", "basis")
CELL = re.compile(
    r'<table:table-cell(?:[^>/]*?\soffice:value="([^"]*)")?[^>]*?(?:/>|>(.*?)</table:table-cell>)', re.DOTALL
)


def beancount(programs: Path, folder: Path, happened: Sequence[Step], times: int) -> Peer:
    """Run bean-check with FIFO booking, an account a wallet, its cache off."""
    file = folder / "miner.bean"
    write_beancount(file, happened)
    environ = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}
    cost = least([run([programs / "bean-check", "-C", file], environ=environ) for _ in range(times)])
    errors, gain = run([programs / "python", "-c", SUM_OF_GAINS, file], environ=environ).out.split()
    shown = f"{float(gain):.6f}" + ("" if errors == "0" else f" ({errors} errors)")
    return Peer("bean-check, FIFO", len(happened), cost, shown, usd(happened, by_wallet=True))


def usd(happened: Sequence[Step], *, by_wallet: bool) -> str:
    """Return the oracle's total gain in dollars."""
    return f"{gain_micros(happened, by_wallet=by_wallet) / MICROS:.6f}"
