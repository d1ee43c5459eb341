"""Where the tests of faults keep what they make: in memory, so that the order of calls is tried and no disk is busy."""

from __future__ import annotations

import os

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - folders of random names are made in it
