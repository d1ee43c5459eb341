"""What a shell may complete besides commands and options: books, kinds, their keys, maps, codes of findings, sources.

A key that is pressed too early is no mistake: what cannot be had completes nothing, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from lotwork.ledger.errors import LotworkError
from lotwork.service.home import default_home, home_at


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def books(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the books of the home that begin so."""
    from lotwork.service.ledger_place import open_log  # noqa: PLC0415 - only a shell that asks opens the log

    try:
        with open_log(_home(ctx), check_heads=False) as log:
            return _beginning(log.books(), incomplete)
    except (LotworkError, OSError):
        return []


def kinds(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the kinds of events that begin so."""
    from lotwork.ledger.codec import KINDS  # noqa: PLC0415 - only a shell that asks knows them

    return _beginning(sorted(KINDS), incomplete)


def keys(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the keys of the kind that stands before, each with its `=`, that are not given yet."""
    from lotwork.ledger.codec import KINDS  # noqa: PLC0415 - only a shell that asks knows them
    from lotwork.ledger.public_form.keys import keys_of  # noqa: PLC0415 - the same

    kind = ctx.params.get("kind")
    if kind not in KINDS or "=" in incomplete:
        return []
    given = {pair.partition("=")[0] for pair in ctx.params.get("pairs") or ()}
    return _beginning((f"{key}=" for key in keys_of(kind) if key not in given), incomplete)


def maps(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the profiles and column maps that begin so, those of the folder among them."""
    from lotwork.ingest.profiles.profile import profiles  # noqa: PLC0415 - only a shell that asks reads them
    from lotwork.ingest.sheets.column_map import presets  # noqa: PLC0415 - the same

    own = sorted(map(str, Path().glob(f"{incomplete}*.toml"))) if "*" not in incomplete else []
    return [*_beginning((*profiles(), *presets()), incomplete), *own]


def codes(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the codes of findings that begin so."""
    from lotwork.web.remedies import REMEDIES  # noqa: PLC0415 - only a shell that asks knows them

    return _beginning(sorted(REMEDIES), incomplete)


def sources(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Return the names of the sources in the settings that begin so."""
    return _beginning(_names(_home(ctx)), incomplete)


def _names(home: Path) -> Iterator[str]:
    from lotwork.config import load  # noqa: PLC0415 - only a shell that asks reads settings

    try:
        settings = load(home).settings
    except (LotworkError, OSError):
        return
    for section in settings.sources.all():
        yield section.name


def _home(ctx: click.Context) -> Path:
    """Return the home that the words before name."""
    named = next((each.params["home"] for each in _chain(ctx) if each.params.get("home")), None)
    return home_at(named) if named else default_home()


def _chain(ctx: click.Context) -> Iterator[click.Context]:
    at: click.Context | None = ctx
    while at is not None:
        yield at
        at = at.parent
