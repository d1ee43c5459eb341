"""`make pictures`: the screenshots of README and docs, taken of the demo book at the clock of the tests.

Each picture tells within itself (a tEXt chunk of PNG) the digest of the words that stood on its page, so that a test
sees when the page has moved on, whatever fonts its machine has.
"""

from __future__ import annotations

import hashlib
import re
import struct
import sys
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from lotwork.demo.book import build_demo
from lotwork.ledger.store import EventStore
from tests.chromium import Page, browser, save
from tests.web.conftest import clock
from tests.web.serving import serving

FOLDER = Path(__file__).resolve().parents[2] / "docs"
SHOT_WIDTH = 1280
SHOTS: Mapping[str, str] = {"overview": "/?book=demo", "pictures": "/pictures?book=demo"}
"""The pages by the names of their pictures."""
KEYWORD = b"Words\0"
HEAD = re.compile(r"head [0-9a-f]{12}")
"""The head of the log is another in each home."""
HEADER = 33
"""The signature of PNG and its first chunk."""


def shoot(page: Page, address: str, name: str) -> bytes:
    """Return the picture *name* as PNG, with the digest of its words in it."""
    page.dress(width=SHOT_WIDTH)
    page.open(f"{address}{SHOTS[name]}")
    chunk = KEYWORD + words_of(page).encode()
    told = struct.pack(">I", len(chunk)) + b"tEXt" + chunk + struct.pack(">I", zlib.crc32(b"tEXt" + chunk))
    picture = page.screenshot()
    return picture[:HEADER] + told + picture[HEADER:]


def words_of(page: Page) -> str:
    """Return the digest of the words that the page shows, by hexadecimal digits."""
    words: str = page.evaluate("document.body.innerText")
    return hashlib.sha256(HEAD.sub("head", " ".join(words.split())).encode()).hexdigest()


def kept_words(picture: bytes) -> str:
    """Return the digest that a picture tells; empty where it tells none."""
    start = picture.find(b"tEXt" + KEYWORD)
    first = start + len(b"tEXt" + KEYWORD)
    return picture[first : first + 2 * hashlib.sha256().digest_size].decode() if start >= 0 else ""


def main() -> None:
    """Write every picture anew."""
    with tempfile.TemporaryDirectory() as folder, browser() as page:
        home = Path(folder) / "home"
        with EventStore.open(home, clock=clock()) as store:
            build_demo(store)
        for address in serving(home):
            for name in SHOTS:
                sys.stdout.write(f"{save(shoot(page, address, name), name, FOLDER).name}\n")


if __name__ == "__main__":
    main()
