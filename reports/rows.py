"""A row of a listing: a struct with named fields, which JSON, the terminal, CSV and the pages all read.

A listing is a `Row` too, with rows among its fields. JSON is what msgspec makes of it: fields in their order, a field
that is UNSET left out, a name that Python keeps for itself given by `field(name="class")`. A `Table` names the fields
that a person is shown: one that the row does not have fails the type check, and the import of the module that makes
the table, so that no misspelt column can be empty. Where only the rows tell the columns, such as the years of a plan,
one field holds them all and is spread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Generic, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET


class Row(msgspec.Struct, frozen=True):
    """Named fields, in the order in which they are told; each kind of row is `frozen` and `kw_only` too."""

    beside: ClassVar[str] = ""
    """The field of a listing whose own names stand beside the others in JSON, where only what was asked knows them."""


class Shown(msgspec.Struct, frozen=True):
    """How a table shows a field: at the right, in dollars and cents, as a price, and whether words fold."""

    right: bool = False
    dollars: bool = False
    price: bool = False
    folds: bool = False


Usd: TypeAlias = Annotated[str, Shown(right=True, dollars=True)]
"""Dollars as a decimal string; a table shows them to the cent."""
Number: TypeAlias = Annotated[str, Shown(right=True)]
"""A decimal string that is shown as it is: coins, a price, a share."""
Price: TypeAlias = Annotated[str, Shown(right=True, price=True)]
"""Dollars a coin as a decimal string; a table shows two decimals at least, and loses none."""
Words: TypeAlias = Annotated[str, Shown(folds=True)]
"""Words or an id, which a narrow terminal may fold."""
Day: TypeAlias = date
"""A day, told as "2027-01-15"; a field of the name `date` would hide the type of that name from those after it."""

PLAIN = Shown()

R = TypeVar("R", bound=Row)


class NoSuchFieldError(Exception):
    """What a table is to show is no field of its rows."""

    def __init__(self, row: type[Row], given: object) -> None:
        super().__init__(
            f"{given!r} is no field of {row.__name__}, whose fields are {', '.join(row.__struct_fields__)}"
        )


class Column:
    """One field of a table: the name under which it is told, and how it is shown."""

    __slots__ = ("field", "name", "shown")

    def __init__(self, field: str, name: str, shown: Shown) -> None:
        self.field = field
        self.name = name
        self.shown = shown


class Table(Generic[R]):
    """Which fields of a row a person is shown, in which order: `Table(LotRow, lambda row: (row.lot, row.wallet))`.

    The fields are asked of the class itself, so that one that is misspelt fails the type check, and the import. A
    property is a column too, where a person is shown what JSON does not tell. Raises NoSuchFieldError for anything
    else, such as a sum of two fields.
    """

    def __init__(self, row: type[R], shown: Callable[[R], tuple[object, ...]]) -> None:
        self.row = row
        self.fields = tuple(_name_of(row, field) for field in shown(cast("R", row)))
        self.spread_over: Mapping[str, tuple[str, ...]] = {}
        self.leaves: tuple[str, ...] = ()

    def leaving(self, first: Callable[[R], tuple[object, ...]]) -> Table[R]:
        """Return this table with the fields that it leaves out, the *first* first, where it is too wide to be read.

        Raises NoSuchFieldError for a field that the table does not show.
        """
        self.leaves = tuple(map(self.field, first(cast("R", self.row))))
        return self

    def spread(self, *under: tuple[object, Iterable[str]]) -> Table[R]:
        """Return this table with a column for each value of a field that holds several, *under* these names.

        Raises NoSuchFieldError for a field that the table does not show.
        """
        table = Table(self.row, lambda row: tuple(getattr(row, name) for name in self.fields))
        table.spread_over = {self.field(field): tuple(names) for field, names in under}
        table.leaves = self.leaves
        return table

    def field(self, given: object) -> str:
        """Return the name of a field that the table shows; anything else raises NoSuchFieldError."""
        name = _name_of(self.row, given)
        if name not in self.fields:
            raise NoSuchFieldError(self.row, given)
        return name

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns; worked out when a table is first shown, since most commands show none."""
        hints = get_type_hints(self.row, include_extras=True)
        told = dict(zip(self.row.__struct_fields__, self.row.__struct_encode_fields__, strict=True))
        return tuple(
            Column(field, name, _shown(hints[field] if field in told else _told_by(getattr(self.row, field))))
            for field in self.fields
            for name in self.spread_over.get(field, (told.get(field, field),))
        )

    def cells(self, row: R) -> tuple[Any, ...]:
        """Return what *row* holds under each column; None where nothing is told."""
        held: list[Any] = []
        for field in self.fields:
            value = getattr(row, field)
            held.extend(value if field in self.spread_over else (value,))
        return tuple(None if value is UNSET else value for value in held)


def _name_of(row: type[Row], field: object) -> str:
    """Return the name of a *field* of *row*; it is what the class has under that name."""
    name = getattr(field.fget if isinstance(field, property) else field, "__name__", "")
    if getattr(row, name, None) is not field or not (isinstance(field, property) or name in row.__struct_fields__):
        raise NoSuchFieldError(row, field)
    return name


def _told_by(field: property) -> Any:
    return get_type_hints(field.fget, include_extras=True)["return"]


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
    told = {name: value for name, value in held if value is not UNSET}
    return told | told.pop(listing.beside) if listing.beside else told
