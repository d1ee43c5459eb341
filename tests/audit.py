"""`make audit`: does osv.dev tell of a weakness of anything that is pinned? Where it is not reached, that is said.

What is never installed beside Lotwork is left out: the old pips that tests/setup tries, and anvil.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from http.client import HTTPException
from typing import NamedTuple
from urllib.request import Request, urlopen

from tests.architecture.house import ROOT
from tests.setup.locks import pinned_version, pins

LOCKS = (
    "requirements.lock",
    "requirements-dev.lock",
    "tests/oracles/requirements.lock",
    "tests/electrum/requirements.lock",
    "bench/requirements.lock",
    ".ci/installer.lock",
)
ASKED = "https://api.osv.dev/v1/querybatch"
DEADLINE_SECONDS = 10.0
AT_ONCE = 500
"""OSV takes a thousand questions at most."""


class Pinned(NamedTuple):
    """A library in one version."""

    name: str
    version: str


def pinned(locks: Sequence[str] = LOCKS) -> list[Pinned]:
    """Return what *locks* pin, each version once."""
    texts = ((ROOT / lock).read_text(encoding="utf-8") for lock in locks)
    return sorted({Pinned(pin.name, pinned_version(pin)) for text in texts for pin in pins(text)})


def advisories(libraries: Sequence[Pinned], url: str) -> dict[Pinned, list[str]]:
    """Return the advisories that the database at *url* has for each of *libraries*; OSError where it does not say."""
    found: dict[Pinned, list[str]] = {}
    for first in range(0, len(libraries), AT_ONCE):
        asked = libraries[first : first + AT_ONCE]
        queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in asked]
        request = Request(url, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"})  # noqa: S310 - https, or a test's own
        try:
            with urlopen(request, timeout=DEADLINE_SECONDS) as answer:  # noqa: S310 - the same
                results = json.load(answer)["results"]
            told = [[str(each["id"]) for each in result.get("vulns", ())] for result in results]
        except (HTTPException, ValueError, KeyError, TypeError, AttributeError) as broken:
            raise OSError(f"its answer cannot be read: {broken!r}") from broken
        if len(told) != len(asked):
            raise OSError(f"it answered {len(told)} of {len(asked)} questions")
        found |= {library: ids for library, ids in zip(asked, told, strict=True) if ids}
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Return 1 where there is an advisory, 0 where there is none or nobody could be asked."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--url", default=ASKED, help="where to ask; else osv.dev")
    url = options.parse_args(argv).url
    libraries = pinned()
    try:
        found = advisories(libraries, url)
    except OSError as silent:
        say(f"NOT AUDITED: {len(libraries)} pinned libraries ({', '.join(LOCKS)}): {url} did not answer ({silent})")
        return 0
    for library, ids in found.items():
        say(f"{library.name} {library.version}: {', '.join(ids)}: read https://osv.dev/{ids[0]}, then `make lock`")
    say(f"audited {len(libraries)} pinned libraries: {len(found)} with an advisory")
    return 1 if found else 0


def say(words: str) -> None:
    print(words)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    sys.exit(main())
