"""A real PostgreSQL, started by the test: one server for all tests of a process, and a ledger for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import LiteralString

import psycopg

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.postgres.database import Postgres
from tests.ending import end_with_us
from tests.ports import free_port

OLDEST = 15
OWNER, WRITER = "lotwork_owner", "lotwork_app"
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests of what is said, not of what is on the disk; the ledger itself asks for synchronous_commit."""


class MissingError(AssertionError):
    """The server that these tests talk to is not installed."""


def programs() -> Path:
    """Return the folder of the newest PostgreSQL that is installed, 15 or newer."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = [folder for folder in reversed(debian) if int(folder.parent.name) >= OLDEST]
    found += [Path(place).parent for place in (shutil.which("pg_ctl"),) if place]
    for folder in found:
        if all((folder / name).exists() for name in ("initdb", "pg_basebackup", "pg_ctl", "postgres")):
            return folder
    raise MissingError(
        f"these tests talk to PostgreSQL {OLDEST} or newer: run `make parts`, or as root "
        "`apt-get install --no-install-recommends postgresql`"
    )


class Server:
    """One server in a folder of its own, on a port of this machine; it never runs as root, which it refuses.

    One that is made *after* another is its standby: a copy that follows it, until it is promoted.
    """

    def __init__(self, folder: Path, options: Sequence[str] = FAST, after: Server | None = None) -> None:
        self._programs = programs()
        self.folder = folder
        self._data = folder / "data"
        self._options = options
        self.port = free_port()
        self._numbers = count(1)
        self._free: list[str] = []
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self._user is not None:
            os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        if after is None:
            words = ("--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres")
            self._run("initdb", *words)
        else:
            of = ("--host=127.0.0.1", f"--port={after.port}", "--username=postgres")
            self._run("pg_basebackup", "--no-sync", "--checkpoint=fast", "--write-recovery-conf", *of)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", *self._options)
        options = " ".join([f"-p {self.port}", *(f"-c {setting}" for setting in settings)])
        self._run("pg_ctl", "--wait", "--timeout=60", f"--log={self._data}/log", f"--options={options}", "start")
        end_with_us(self.first_process(), signal.SIGQUIT, self.folder)

    def first_process(self) -> int:
        """Return the process that started all others of the server."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: at once, as a crash would, or in another *mode*."""
        self._run("pg_ctl", "--wait", "--timeout=60", f"--mode={mode}", "stop")

    def promote(self) -> None:
        """Make a standby the primary."""
        self._run("pg_ctl", "--wait", "--timeout=60", "promote")

    def kill(self) -> None:
        """Kill every process of the server, as a power cut would."""
        told = self._data / "postmaster.pid"
        first = self.first_process()
        os.kill(first, signal.SIGSTOP)  # it starts no other meanwhile
        processes = (first, *children(first))
        for pid in processes:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for _ in range(1000):
            if not any(map(lives, processes)):
                break
            SystemClock().sleep(0.01)
        told.unlink()  # a dead process that nobody reaps would count as a server that runs

    def runs(self) -> bool:
        """Return whether the server answers."""
        try:
            psycopg.connect(self.url("postgres", "postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    @contextmanager
    def waiting_for_its_standby(self) -> Iterator[None]:
        """Let every commit wait until the standby has it, for as long as this lasts or the server does."""
        self._set("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try:
            yield
        finally:
            if not self.runs():
                self.start()
            self._set("ALTER SYSTEM RESET synchronous_standby_names")

    def _set(self, statement: LiteralString) -> None:
        with self.superuser("postgres") as connection:
            connection.execute(statement)
            connection.execute("SELECT pg_reload_conf()")

    def await_what(self, primary: Server) -> None:
        """Wait until this standby has all that *primary* has written so far."""
        with primary.superuser("postgres") as connection:
            ((written,),) = connection.execute("SELECT pg_current_wal_flush_lsn()").fetchall()
        with self.superuser("postgres") as connection:
            for _ in range(1000):
                if connection.execute("SELECT pg_last_wal_replay_lsn() >= %s", (written,)).fetchall() == [(True,)]:
                    return
                SystemClock().sleep(0.01)
        raise AssertionError("the standby does not follow")

    def url(self, database: str, role: str = WRITER) -> str:
        """Return the address of *database* for *role*."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the two roles."""
        with self.superuser("postgres") as connection:
            for role in (OWNER, WRITER):
                connection.execute(f"CREATE ROLE {role} LOGIN")

    @contextmanager
    def database(self, *, made: bool = True) -> Iterator[str]:
        """Lend a database, with a ledger *made* in it or empty; one that was given back is swept and lent again."""
        if not self._free:
            self._free.append(f"t{next(self._numbers)}")
            with self.superuser("postgres") as connection:
                connection.execute(f"CREATE DATABASE {self._free[0]} OWNER {OWNER} TEMPLATE template0")
        name = self._free.pop()
        try:
            if made:
                owner = Postgres(self.url(name, OWNER))
                owner.begin()
                owner.grant(WRITER)
                owner.close()
            yield name
        finally:
            self.end_sessions(name)
            with self.superuser(name) as connection:
                connection.execute("DROP SCHEMA IF EXISTS lotwork CASCADE")
            self._free.append(name)

    def dump_into(self, database: str, other: str) -> None:
        """Dump *database* and restore that into the empty *other*, as the owner of both."""
        dump = [str(self._programs / "pg_dump"), f"--dbname={self.url(database, OWNER)}"]
        told = subprocess.run(dump, capture_output=True, check=True).stdout
        at = f"--dbname={self.url(other, OWNER)}"
        restore = [str(self._programs / "psql"), "--quiet", "--set=ON_ERROR_STOP=1", at]
        subprocess.run(restore, input=told, check=True, stdout=subprocess.DEVNULL)

    def end_sessions(self, database: str) -> None:
        """End every session in *database*, as an operator or a failover does."""
        with self.superuser("postgres") as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (database,)
            )

    @contextmanager
    def asking_passwords(self) -> Iterator[None]:
        """Let nobody but the superuser in without a password, for as long as this lasts."""
        rules = self._data / "pg_hba.conf"
        trusting = rules.read_text()
        asking = "host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        self._rule(rules, asking, lets_in=False)
        try:
            yield
        finally:
            self._rule(rules, trusting, lets_in=True)

    def _rule(self, rules: Path, text: str, *, lets_in: bool) -> None:
        """Write who is let in, and wait until the server keeps to it: it reads the file in its own time."""
        rules.write_text(text)
        with self.superuser("postgres") as connection:
            connection.execute("SELECT pg_reload_conf()")
        for _ in range(1000):
            try:
                psycopg.connect(self.url("postgres")).close()
                found = True
            except psycopg.OperationalError:
                found = False
            if found == lets_in:
                return
            SystemClock().sleep(0.01)

    @contextmanager
    def superuser(self, database: str) -> Iterator[psycopg.Connection]:
        """Lend a connection of the superuser."""
        with psycopg.connect(self.url(database, "postgres"), autocommit=True) as connection:
            yield connection

    def _run(self, program: str, *words: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._data}", *words]
        told = subprocess.run(
            command,
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if program == "pg_ctl" else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        assert told.returncode == 0, told.stdout or (self._data / "log").read_text()


def children(pid: int) -> list[int]:
    """Return the processes that *pid* started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    """Return whether *pid* is a process that has not ended; one that waits to be reaped has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@contextmanager
def running(options: Sequence[str] = FAST) -> Iterator[Server]:
    """Lend a server with its roles, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lotwork-postgres-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder), options)
        server.start()
        try:
            server.prepare()
            yield server
        finally:
            server.stop()
