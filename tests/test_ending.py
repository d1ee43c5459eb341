"""No server outlives the tests that started it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from tests.postgres_server import lives

A_POSTGRES = """
from tests.postgres_server import running
with running() as server:
    print(server.first_process(), server.folder, flush=True)
    import time; time.sleep(600)
"""
A_CHILD = """
import signal, subprocess, tempfile, time
from pathlib import Path
from tests.ending import end_with_us
folder = tempfile.mkdtemp()
child = subprocess.Popen(["sleep", "600"])
end_with_us(child.pid, signal.SIGTERM, Path(folder))
print(child.pid, folder, flush=True)
time.sleep(600)
"""
ENDED = """
import subprocess
from tests.ending import end_with_us
child = subprocess.Popen(["true"])
child.wait()
end_with_us(child.pid)
print(child.pid, "/nowhere/at/all", flush=True)
"""


@pytest.mark.parametrize("program", [A_POSTGRES, A_CHILD, ENDED], ids=["postgres", "child", "ended"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_ends_with_the_tests_that_started_it(program: str, number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as tests:
        assert tests.stdout is not None
        pid, folder = tests.stdout.readline().split()
        tests.send_signal(number)
        tests.wait()
    clock = SystemClock()
    end = clock.monotonic() + 30
    while (lives(int(pid)) or Path(folder).exists()) and clock.monotonic() < end:
        clock.sleep(0.02)
    assert not lives(int(pid))
    assert not Path(folder).exists()
