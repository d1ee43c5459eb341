"""Other programs over the same miner: what each is given, how it is run, and what gain it comes to.

rp2, beancount, fava and accfifo are of the pinned releases in .venv-peers (`make peers`); ledger-cli is the system's.
Each is one process from the file to the gain of all sales: no answer of a daemon, and no cache.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.measure import run
from bench.peer_files import write_accfifo, write_beancount, write_ledger, write_rp2
from bench.program import ROOT
from bench.workload import COIN, MICROS, Step

PROGRAMS = ROOT / ".venv-peers" / "bin"
PYTHON = PROGRAMS / "python"
NO_CACHE = {"BEANCOUNT_DISABLE_LOAD_CACHE": "1"}

BEANCOUNT = """
import sys
from beancount import loader
entries, errors, _ = loader.load_file(sys.argv[1])
postings = (posting for entry in entries for posting in getattr(entry, "postings", ()))
print(len(errors), -sum(posting.units.number for posting in postings if posting.account == "Income:Gains"))
"""
FAVA = """
import sys
from fava.core import FavaLedger
ledger = FavaLedger(sys.argv[1])
balance = ledger.get_filtered().root_tree.get("Income:Gains").balance_children
print(len(ledger.load_errors), -sum(balance.values()))
"""
ACCFIFO = """
import csv, sys
from accfifo import FIFO, Entry
wallets = {}
with open(sys.argv[1], newline="") as rows:
    for wallet, sats, price in csv.reader(rows):
        wallets.setdefault(wallet, []).append(Entry(int(sats), int(price)))
print(-sum(FIFO(entries).profit_and_loss for entries in wallets.values()))
"""
VERSIONS = """
import sys
from importlib.metadata import version
print(*map(version, sys.argv[1:]))
"""


class MissingError(Exception):
    """A program that is not here; the words say how to bring it."""


class Question(NamedTuple):
    """What is run: the words, its environment, and how the gain of all sales is read of what it printed."""

    words: Sequence[str | Path]
    gain_usd: Callable[[str], float]
    environ: Mapping[str, str] = {}


class Peer(NamedTuple):
    """A program, how many events it is asked at most, and how far its question is ours."""

    title: str
    most: int
    by_wallet: bool
    """Whether it sells from the wallet; else from one pool over all."""
    lacks: str
    version: Callable[[], str]
    ask: Callable[[Path, Sequence[Step]], Question]
    """Writes what the program reads into a folder."""


def rp2(folder: Path, happened: Sequence[Step]) -> Question:
    """Ask rp2's US plugin for its three reports."""
    settings, sheet, out = folder / "rp2.ini", folder / "rp2.ods", folder / "rp2"
    write_rp2(settings, sheet, happened)
    out.mkdir(exist_ok=True)

    def gain(_: str) -> float:
        with zipfile.ZipFile(out / "fifo_rp2_full_report.ods") as report:
            return sum(gain for kind, gain in yearly_totals(report.read("content.xml").decode()) if kind == "SELL")

    words = ["sh", "-c", 'cd "$1" && exec "$2" -m fifo -o "$3" "$4" "$5"', "sh"]
    return Question([*words, folder, PROGRAMS / "rp2_us", out, settings, sheet], gain)


SUMMARY = ("year", "asset", "gain", "term", "type", "crypto", "usd", "basis")
CELL = re.compile(
    r'<table:table-cell(?:[^>/]*?\soffice:value="([^"]*)")?[^>]*?(?:/>|>(.*?)</table:table-cell>)', re.DOTALL
)


def yearly_totals(report: str) -> list[tuple[str, float]]:
    """Return (transaction type, gain) of each row of rp2's yearly summary."""
    sheet = next(re.finditer(r'<table:table [^>]*table:name="BTC Tax".*?</table:table>', report, re.DOTALL))
    totals = []
    for row in re.findall(r"<table:table-row.*?</table:table-row>", sheet.group(), re.DOTALL):
        cells = [told for value, text in CELL.findall(row) if (told := value or re.sub(r"<[^>]+>", "", text))]
        if len(cells) >= len(SUMMARY) and cells[0].isdigit() and cells[SUMMARY.index("term")] in ("SHORT", "LONG"):
            totals.append((cells[SUMMARY.index("type")], float(cells[SUMMARY.index("gain")])))
    return totals


def beancount(folder: Path, happened: Sequence[Step]) -> Question:
    """Ask beancount's loader, which books first in first out."""
    write_beancount(folder / "miner.bean", happened)
    return Question([PYTHON, "-c", BEANCOUNT, folder / "miner.bean"], without_errors, NO_CACHE)


def fava(folder: Path, happened: Sequence[Step]) -> Question:
    """Ask fava's load of the same file: what its server does before its first page."""
    write_beancount(folder / "miner.bean", happened)
    return Question([PYTHON, "-c", FAVA, folder / "miner.bean"], without_errors, NO_CACHE)


def without_errors(out: str) -> float:
    """Return the gain; SystemExit where the file was not understood."""
    errors, gain = out.split()
    if errors != "0":
        raise SystemExit(f"{errors} errors in the file of beancount")
    return float(gain)


def ledger(folder: Path, happened: Sequence[Step]) -> Question:
    """Ask ledger-cli for the account of gains; it is told the lots of each sale."""
    if not shutil.which("ledger"):
        raise MissingError("ledger is not here: on Debian or Ubuntu, sudo apt-get install ledger")
    write_ledger(folder / "miner.ledger", happened)
    shown = ("--balance-format", "%(quantity(display_total))\n")
    return Question(
        ["ledger", "--args-only", "-f", folder / "miner.ledger", "bal", "Income:Gains", *shown],
        lambda out: -float(out),
    )


def accfifo(folder: Path, happened: Sequence[Step]) -> Question:
    """Ask accfifo for profit and loss, a wallet at a time; as it is driven here a gain is below zero."""
    write_accfifo(folder / "miner.csv", happened)
    return Question([PYTHON, "-c", ACCFIFO, folder / "miner.csv"], lambda out: int(out) * MICROS // COIN / MICROS)


def version_of(*libraries: str) -> Callable[[], str]:
    """Return what asks for the releases in .venv-peers."""

    def asked() -> str:
        if not PYTHON.exists():
            raise MissingError(f"{PYTHON.relative_to(ROOT)} is not there: run `make peers`")
        return " ".join(run([PYTHON, "-c", VERSIONS, *libraries]).out.split())

    return asked


def version_of_ledger() -> str:
    """Return what ledger-cli says of itself."""
    if not shutil.which("ledger"):
        raise MissingError("ledger is not here: on Debian or Ubuntu, sudo apt-get install ledger")
    told: list[str] = re.findall(r"\d[\d.]+", run(["ledger", "--version"]).out)
    return told[0]


PEERS: Mapping[str, Peer] = {
    "rp2": Peer(
        "rp2_us -m fifo",
        10_000,
        by_wallet=False,
        lacks="no expenses; no log; it writes three spreadsheets, where ours is JSON",
        version=version_of("rp2"),
        ask=rp2,
    ),
    "beancount": Peer(
        "beancount, load and sum",
        10_000,
        by_wallet=True,
        lacks="no terms, no years and no return; gains are what balances a sale; a journal and no log",
        version=version_of("beancount"),
        ask=beancount,
    ),
    "fava": Peer(
        "fava, load of the same file",
        10_000,
        by_wallet=True,
        lacks="as beancount, whose loader it is; no page is drawn here",
        version=version_of("fava"),
        ask=fava,
    ),
    "ledger": Peer(
        "ledger-cli, balance of gains",
        1_000_000,
        by_wallet=True,
        lacks="chooses no lots: each sale is told its lots, by our oracle; no terms and no return",
        version=version_of_ledger,
        ask=ledger,
    ),
    "accfifo": Peer(
        "accfifo, profit and loss",
        1_000_000,
        by_wallet=True,
        lacks="a library, driven by a script of eight lines: no dates, terms, years, expenses or file of its own; it "
        "keeps nothing",
        version=version_of("accfifo"),
        ask=accfifo,
    ),
}
