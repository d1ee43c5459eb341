"""Run a command and report what it used: `launch.py REPORT COMMAND...`.

A process's peak memory includes that of the process that started it, up to the moment its own program begins. So
nothing large may start what is measured: this does, and it is as small as Python gets.
"""

from __future__ import annotations

import os
import sys

report, *words = sys.argv[1:]
child = os.posix_spawnp(words[0], words, os.environ)
_, status, used = os.wait4(child, 0)
with open(report, "w", encoding="ascii") as out:  # noqa: PTH123 - pathlib would double what this imports
    out.write(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss / 1024}")
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
