"""What can be wrong with the law as data: an unreadable file, a figure not enacted, a question it cannot answer."""

from __future__ import annotations

from lotwork.ledger.errors import ConfigError, InputRefusedError, UnknownFigureError

__all__ = [
    "CaseRefusedError", "FigureShapeError", "LawFileError", "StateNotCoveredError", "UnenactedFigureError",
    "UnknownFigureError",
]  # fmt: skip


class LawFileError(ConfigError):
    """A file of the law breaks its layout; the message names the file, the figure and the rule."""


class FigureShapeError(ConfigError):
    """A formula asked a figure for a shape it does not have: one amount of a table, say."""


class UnenactedFigureError(InputRefusedError):
    """A return is filed on enacted law only; the figure in force that day is announced or projected."""


class CaseRefusedError(InputRefusedError):
    """A taxpayer's case cannot be computed: a key, a value or a combination the law does not know."""


class StateNotCoveredError(CaseRefusedError):
    """A state of the United States whose income tax is in no rule file."""
