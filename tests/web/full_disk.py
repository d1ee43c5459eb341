"""A bill with its photo, recorded from a page on a file system that is full: run in a small one of its own.

`python -m tests.web.full_disk FOLDER` prints, for each size that is left, the status, the position and what is kept.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lotwork.ledger.storage.evidence import Evidence
from lotwork.service import web_password
from tests.web.acting import BILL, HERE, Owner, sent_by

PHOTO = bytes(range(256)) * 400
BLOCK = 4096


def left(disk: Path) -> int:
    told = os.statvfs(disk)
    return told.f_bavail * told.f_frsize


def fill(disk: Path, leave: int) -> None:
    """Leave so many bytes free."""
    with (disk / "filler").open("wb", buffering=0) as filler:
        while left(disk) > leave:
            filler.write(bytes(BLOCK))


def main(disk: Path) -> None:
    web_password.COST = 16
    owner = Owner(disk / "home")
    owner.log_in()
    form = {**owner.open("/act/bill"), **BILL}
    form.pop("evidence", None)
    preview = owner.client.post("/act/bill", data=form, files={"evidence": ("a.jpg", PHOTO)}, headers=HERE).text
    for leave in (0, 10 * BLOCK, 26 * BLOCK, 40 * BLOCK, 40 * BLOCK):
        fill(disk, leave)
        status, told = owner.send("bill", sent_by(preview))
        kept = len(list(Evidence(owner.home).kept()))
        says = "nothing was appended" in told or "could not be kept" in told
        sys.stdout.write(f"{status} {says} {owner.position} {kept}\n")
    owner.store.verify("main")
    owner.store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
