"""What a packet of 10,000 rows of Form 8949 costs: `python -m bench.packet`.

A year of 10,000 receipts, half an hour apart, and 500 sales that each take twenty of them: packed, and verified by the
`verify.py` inside with Python alone. CPU seconds, wall seconds and peak memory, as the kernel counted them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.measure import Cost, run

LOTWORK = (sys.executable, "-m", "lotwork")
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
APART = timedelta(minutes=30)
LOTS_OF_A_SALE = 20


def lines(rows: int) -> Iterator[dict[str, str]]:
    """Yield a year in which *rows* receipts come and are sold, twenty at a time."""
    for number in range(rows):
        at = BEGIN + number * APART
        price = f"{90_000 + number % 777}.{number % 97:02}"
        yield {"kind": "receipt", "id": f"r{number}", "at": at.isoformat(), "wallet": "cold", "asset": "BTC",
               "quantity": "0.00012345", "income": "pool_payout", "price_usd": price, "pool": "ocean"}  # fmt: skip
        if number % LOTS_OF_A_SALE == LOTS_OF_A_SALE - 1:
            yield {"kind": "sale", "id": f"s{number}", "at": (at + APART / 2).isoformat(), "wallet": "cold",
                   "asset": "BTC", "quantity": "0.00246900", "proceeds_usd": "223.45"}  # fmt: skip


def tell(what: str, cost: Cost) -> None:
    """Print what one process cost."""
    print(f"{what:<42} {cost.cpu:7.2f} s CPU {cost.wall:7.2f} s {cost.peak_mib:7.0f} MiB", flush=True)


def main() -> None:
    """Build the book, pack it, and verify it in both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory(prefix="lotwork-packet-") as name:
        folder = Path(name)
        home, book, packet = folder / "home", folder / "book.jsonl", folder / "packet.zip"
        book.write_text("".join(f"{json.dumps(line)}\n" for line in lines(rows)), encoding="utf-8")
        run([*LOTWORK, "--home", home, "import", book], allowed=(0, 1))
        tell("gains, to compare", run([*LOTWORK, "--home", home, "gains", "--year", "2025", "--json"], allowed=(0, 1)))
        words: list[str | Path] = ["packet", "build", "--year", "2025", "--out", packet]
        tell(f"packet build, {rows} rows", run([*LOTWORK, "--home", home, *words], allowed=(0, 1)))
        tell("lotwork packet verify", run([*LOTWORK, "packet", "verify", packet]))
        with zipfile.ZipFile(packet) as opened:
            opened.extract("verify.py", folder)
        tell("python -I -S verify.py", run([sys.executable, "-I", "-S", folder / "verify.py", packet]))
        print(f"{packet.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
