"""pyasic, in a process of its own: asked once, with an end in time and size, and nothing of ours in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.asking.own_process import KEPT, MARK, MOST_BYTES, NOT_INSTALLED
from lotwork.ingest.ports import NOTHING
from lotwork.ingest.rigs.answer import Look, RigRefusedError, pyasic
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

ASK = """
import asyncio, json, sys
try:
    import pyasic
except ImportError:
    sys.exit(3)
async def ask(host):
    miner = await pyasic.get_miner(host)
    if miner is None:
        sys.exit(4)
    told = await miner.get_data(include=["wattage", "uptime", "mac"])
    return {"wattage": told.wattage, "uptime": told.uptime, "mac": told.mac}
answer = json.dumps(asyncio.run(asyncio.wait_for(ask(sys.argv[1]), float(sys.argv[2]))))
sys.stdout.write("\\x1e" + answer)
"""


@dataclass(frozen=True, slots=True)
class Child:
    """Who asks one rig through pyasic."""

    name: str
    host: str
    seconds: float
    most_watts: int

    def look(self) -> Look:
        """Ask the rig; raises ConfigError without the extra, and as `ReceiptSource.fetch_since` does."""
        printed = self._printed()
        _, mark, told = printed.rpartition(MARK)
        if not mark or len(told) > MOST_BYTES:
            raise self._refused("pyasic did not answer")
        try:
            return pyasic(parse_json(told), self.most_watts)
        except (JsonRefusedError, RigRefusedError) as refused:
            raise self._refused(str(refused)) from None

    def _printed(self) -> bytes:
        words = [sys.executable, "-P", "-s", "-c", ASK, self.host]
        try:
            done = subprocess.run(  # noqa: S603 - our own words, and an address that the settings checked
                [*words, str(self.seconds)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self.seconds + 5,
                env={key: os.environ[key] for key in KEPT if key in os.environ},
                cwd=Path(sys.prefix),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            raise self._silent() from None
        if done.returncode == NOT_INSTALLED:
            raise ConfigError(f"{self.name}: pyasic is not installed: pip install 'lotwork[pyasic]'")
        if done.returncode:
            raise self._silent()
        return done.stdout

    def _silent(self) -> SourceUnreachableError:
        return SourceUnreachableError(
            f"{self.name}: what it draws: no rig that pyasic knows answers at {self.host}: check that it is on and at "
            "that address; it is asked again at the next poll"
        )

    def _refused(self, why: str) -> SourceRefusedError:
        return SourceRefusedError(f"{self.name}: what it draws: {why}: {NOTHING}; it is asked again at the next poll")
