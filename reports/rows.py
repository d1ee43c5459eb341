"""A row of a listing: a struct with named fields, which JSON, the terminal, CSV and the pages all read.

A listing is a `Row` too, with rows among its fields. JSON is what msgspec makes of it: fields in their order, a field
that is UNSET left out, a name that Python keeps for itself given by `field(name="class")`. A `Table` names the fields
that a person is shown; one that the row does not have is refused where the table is made, so that no misspelt column
can be empty. Where only the rows tell the columns, such as the years of a plan, one field holds them all and is spread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Generic, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET


class Row(msgspec.Struct, frozen=True):
    """Named fields, in the order in which they are told; each kind of row is `frozen` and `kw_only` too."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How a table shows a field: at the right, in dollars and cents, and whether its words may be folded."""

    right: bool = False
    dollars: bool = False
    folds: bool = False


Usd: TypeAlias = Annotated[str, Shown(right=True, dollars=True)]
"""Dollars as a decimal string; a table shows them to the cent."""
Number: TypeAlias = Annotated[str, Shown(right=True)]
"""A decimal string that is shown as it is: coins, a price, a share."""
Words: TypeAlias = Annotated[str, Shown(folds=True)]
"""Words or an id, which a narrow terminal may fold."""
Day: TypeAlias = date
"""A day, told as "2027-01-15"; a field of the name `date` would hide the type of that name from those after it."""

PLAIN = Shown()

R = TypeVar("R", bound=Row)


class NoSuchFieldError(Exception):
    """A table names a field that its rows do not have."""

    def __init__(self, row: type[Row], name: str) -> None:
        super().__init__(f"{row.__name__} has no field {name!r}: its fields are {', '.join(row.__struct_fields__)}")


class Column:
    """One field of a table: the name under which it is told, and how it is shown."""

    __slots__ = ("field", "name", "shown")

    def __init__(self, field: str, name: str, shown: Shown) -> None:
        self.field = field
        self.name = name
        self.shown = shown


class Table(Generic[R]):
    """Which fields of a row a person is shown, in which order.

    Raises NoSuchFieldError for a field that the row does not have.
    """

    def __init__(self, row: type[R], *fields: str) -> None:
        for field in fields:
            if field not in row.__struct_fields__:
                raise NoSuchFieldError(row, field)
        self.row = row
        self.fields = fields
        self.spread_over: Mapping[str, tuple[str, ...]] = {}

    def spread(self, **names: Iterable[str]) -> Table[R]:
        """Return this table with a column for each value of a field that holds several, under these *names*.

        Raises NoSuchFieldError for a field that the table does not show.
        """
        for field in names:
            if field not in self.fields:
                raise NoSuchFieldError(self.row, field)
        table = Table(self.row, *self.fields)
        table.spread_over = {field: tuple(under) for field, under in names.items()}
        return table

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns; worked out when a table is first shown, since most commands show none."""
        hints = get_type_hints(self.row, include_extras=True)
        told = dict(zip(self.row.__struct_fields__, self.row.__struct_encode_fields__, strict=True))
        return tuple(
            Column(field, name, _shown(hints[field]))
            for field in self.fields
            for name in self.spread_over.get(field, (told[field],))
        )

    def cells(self, row: R) -> tuple[Any, ...]:
        """Return what *row* holds under each column; None where nothing is told."""
        held: list[Any] = []
        for field in self.fields:
            value = getattr(row, field)
            held.extend(value if field in self.spread_over else (value,))
        return tuple(None if value is UNSET else value for value in held)


def _shown(hint: Any) -> Shown:
    """Return how a field of the type *hint* is shown; of a type or None it is the type that counts."""
    for part in _parts(hint):
        if isinstance(part, Shown):
            return part
    return PLAIN


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    if get_origin(hint) is Annotated:
        yield from hint.__metadata__
    for part in get_args(hint):
        if get_origin(part) is Annotated:
            yield from part.__metadata__


def fields_of(listing: Row) -> dict[str, Any]:
    """Return what *listing* tells by the names JSON gives its fields; nested rows stay rows."""
    names = zip(listing.__struct_fields__, listing.__struct_encode_fields__, strict=True)
    held = ((name, getattr(listing, field)) for field, name in names)
    return {name: value for name, value in held if value is not UNSET}
