"""What the homes of these tests hold, and how all of them are asked."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from tests.commands.calling import Caller, Told
from tests.projections.house import receipt

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "America/Chicago", "recognition": "on_payout",
    "material_participation": "true",
}  # fmt: skip
MINED = receipt("mined", "2025-02-01", "1", "50000")


def everyone(homes: Caller, *words: str | Path, code: int | None = 0) -> dict[str, Any]:
    """Return what `lotwork all` or `lotwork books` tells of the folder, worked out by this process."""
    return told(homes, *words, "--json", code=code).result


def told(homes: Caller, *words: str | Path, code: int | None = 0) -> Told:
    """Return the same as it was printed."""
    return homes.all_over(*words, "--homes", homes.home.parent, "--workers", "1", code=code)


def lines(file: Path) -> list[dict[str, Any]]:
    """Return the lines of a file of results."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def books(rows: list[dict[str, Any]]) -> list[str]:
    """Return the homes that *rows* are of."""
    return [Path(row["home"]).name for row in rows]


def cluster_of(workers: int) -> Any:
    """Return a Dask scheduler of this process with so many workers, of two threads each."""
    return importlib.import_module("distributed").LocalCluster(
        n_workers=workers, threads_per_worker=2, processes=False, dashboard_address="127.0.0.1:0", protocol="tcp",
        host="127.0.0.1",
    )  # fmt: skip
