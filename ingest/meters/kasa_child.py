"""A Kasa plug that wants an account, asked by python-kasa in a process of its own, which ends with each look.

The account's password goes over standard input: it stands in no argument, variable, message or log. Nothing of the
library is in the core; what comes back is the plug's own answer, read there as any stranger's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lotwork.ingest.asking.own_process import KEPT, MARK, MOST_BYTES, NOT_INSTALLED
from lotwork.ingest.meters.told import ITS_COUNTER
from lotwork.ingest.ports import NOTHING
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

NOT_KNOWN = 4
ASK = """
import asyncio, json, sys
try:
    from kasa import AuthenticationError, Credentials, DeviceConfig
    from kasa.protocols import IotProtocol
    from kasa.transports import KlapTransport
except ImportError:
    sys.exit(3)
told = json.loads(sys.stdin.readline())
async def ask():
    known = Credentials(told["account"], told["password"])
    config = DeviceConfig(told["host"], timeout=told["seconds"], port_override=told["port"], credentials=known)
    line = IotProtocol(transport=KlapTransport(config=config))
    try:
        return await line.query(told["question"], retry_count=1)
    finally:
        await line.close()
try:
    answer = asyncio.run(asyncio.wait_for(ask(), told["seconds"]))
except AuthenticationError:
    sys.exit(4)
sys.stdout.write("\\x1e" + json.dumps(answer))
"""


def asked_by_account(
    name: str, address: str, port: int, *, account: str, password: str, question: Mapping[str, Any], seconds: int
) -> bytes:
    """Return what the plug at *address* answers to *question*.

    Raises ConfigError without the extra, and as `ReceiptSource.fetch_since` does.
    """
    told = {
        "host": address, "port": port, "account": account, "password": password, "question": question,
        "seconds": seconds,
    }  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own words; what the settings say goes over standard input
            [sys.executable, "-P", "-s", "-c", ASK],
            input=json.dumps(told).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds + 5,
            env={key: os.environ[key] for key in KEPT if key in os.environ},
            cwd=Path(sys.prefix),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise _silent(name) from None
    if done.returncode == NOT_INSTALLED:
        raise ConfigError(f"{name}: python-kasa is not installed: pip install 'lotwork[kasa]'")
    if done.returncode == NOT_KNOWN:
        raise SourceRefusedError(
            f"{name}: {ITS_COUNTER}: the plug does not know the account: {NOTHING}; check account and password_file"
        )
    if done.returncode:
        raise _silent(name)
    _, mark, answer = done.stdout.rpartition(MARK)
    if not mark or len(answer) > MOST_BYTES:
        raise SourceRefusedError(f"{name}: {ITS_COUNTER}: python-kasa did not answer: {NOTHING}; it is asked again")
    return answer


def _silent(name: str) -> SourceUnreachableError:
    return SourceUnreachableError(
        f"{name}: {ITS_COUNTER}: no plug that wants an account answers there: check its address, and that it is a Kasa "
        "one: Tapo plugs are read through Home Assistant; it is asked again at the next poll"
    )
