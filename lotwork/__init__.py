"""Lotwork, the miner's tax ledger, for Python: open a home, read a book as of a day, and ask it for figures.

>>> import lotwork
>>> with lotwork.open() as home:
...     book = home.book("main", as_of="2026-06-30")
...     gains = book.gains(2026)

These ten names are what is promised (docs/python.md); every other module is private to the house. They are found when
they are first asked for, so that `import lotwork`, which every command begins with, costs nothing.
"""

TYPE_CHECKING = False
"""What type checkers take for true; `typing` itself would cost more than all the rest of this module."""

if TYPE_CHECKING:
    from lotwork.face.api import (
        Book,
        Gains,
        Home,
        Income,
        Liability,
        Lots,
        LotworkError,
        Quarterly,
        open,  # noqa: A004 - lotwork.open, as gzip.open
    )

    __version__: str
else:

    def __getattr__(name: str) -> object:
        """Return one of the ten names, finding it once."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}: its names are {', '.join(__all__)}")
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - only who asks pays for it

            found: object = version(__name__)
        else:
            from importlib import import_module  # noqa: PLC0415 - the same

            found = getattr(import_module("lotwork.face.api"), name)
        globals()[name] = found
        return found


__all__ = [
    "Book",
    "Gains",
    "Home",
    "Income",
    "Liability",
    "Lots",
    "LotworkError",
    "Quarterly",
    "__version__",
    "open",
]


def __dir__() -> list[str]:
    """Return the ten names."""
    return sorted(__all__)
