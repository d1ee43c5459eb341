"""What was refused is kept as plain text, small, and without a secret of ours, wherever one is cut in two."""

from __future__ import annotations

from pathlib import Path

from lotwork.ingest.asking.quarantine import KEPT_BYTES, READ_BYTES, Quarantine
from lotwork.ledger.errors import is_seen

SECRET = "canary-0f3a-7f21"


def kept(home: Path, body: bytes) -> str:
    file = Quarantine(home, secrets=[SECRET]).keep("pool", f"item {SECRET}\n", f"why {SECRET}\x1b", body)
    assert file.stat().st_mode & 0o777 == 0o600
    return file.read_text(encoding="utf-8", errors="surrogateescape")


def test_what_is_looked_at_steers_no_terminal(tmp_path: Path) -> None:
    told = kept(tmp_path, "a\n\x1b[2J\x07\x00\u202e\u200b é\nb".encode() + b"\xff\x9b")
    assert {letter for letter in told if letter != "\n" and not is_seen(letter)} == set()
    assert told.endswith("\na\n\\x1b[2J\\x07\\x00\\u202e\\u200b é\nb\\xff\\x9b")
    assert told.startswith("pool: item [redacted]\\n: why [redacted]\\x1b\n")


def test_a_secret_is_gone_wherever_the_answer_is_cut(tmp_path: Path) -> None:
    for at in range(KEPT_BYTES - 20, KEPT_BYTES + 2):
        assert "canary" not in kept(tmp_path, b"x" * at + SECRET.encode())
    for at in range(READ_BYTES - 20, READ_BYTES + 2):
        assert "canary" not in kept(tmp_path, SECRET.encode() * 4000 + b"y" * (at % 17))
    assert len(kept(tmp_path, b"x" * 100_000)) < KEPT_BYTES + 200
