"""A table of config.toml made of a declaration: its keys read from words, and written as the example writes them.

Everything is known by the declaration and its settings; no source is known by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, Union, get_args, get_origin

import msgspec

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.private_keys import lets_spend
from lotwork.ledger.errors import ConfigError, UsageError
from lotwork.ledger.public_form.bounded import read_toml
from lotwork.service.toml_file import is_text, words_of

Values: TypeAlias = dict[str, Any]
"""A table as TOML holds it: texts, numbers, days, lists, and tables in lists."""
COMMENTS_AT = 30


class Key(NamedTuple):
    """A key of a declaration's example, or of a table within it."""

    path: tuple[str, ...]
    kind: Any
    """The type it must have."""
    example: Any
    comment: str
    is_required: bool
    default: Any = None

    @property
    def name(self) -> str:
        """The key as `--set` names it: `wallets.watch`."""
        return ".".join(self.path)

    @property
    def choices(self) -> tuple[str, ...]:
        """The words it may be; none where any is let in."""
        return words_of(self.kind)


def bare(kind: Any) -> Any:
    """Return *kind* without what is only known of it, and without None."""
    if get_origin(kind) is Annotated:
        return bare(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        rest = [each for each in get_args(kind) if each is not NoneType]
        return bare(rest[0]) if len(rest) == 1 else kind
    return kind


def tables_in(kind: Any) -> type[msgspec.Struct] | None:
    """Return the table that *kind* is a list of; None where it is none."""
    inner = get_args(bare(kind))
    is_list = get_origin(bare(kind)) is tuple and inner and isinstance(inner[0], type)
    return inner[0] if is_list and issubclass(inner[0], msgspec.Struct) else None


def keys_of(settings: type[msgspec.Struct], example: Mapping[str, Any], above: tuple[str, ...] = ()) -> Iterator[Key]:
    """Yield the keys of *example*, a table that tomlkit read, in its order, those of tables within it among them."""
    fields = {field.name: field for field in msgspec.structs.fields(settings)}
    for name, value in example.items():
        field = fields[name]
        inner = tables_in(field.type)
        if inner is not None:
            if field.required:
                yield from keys_of(inner, value[0], (*above, name))
            continue
        comment = value.trivia.comment.lstrip("# ").strip()
        default = None if field.default is msgspec.NODEFAULT else field.default
        yield Key((*above, name), field.type, value.unwrap(), comment, field.required, default)


def example_of(declared: DeclaredSource[Any]) -> Any:
    """Return the table that the declaration shows, as tomlkit reads it, comments and all."""
    import tomlkit  # noqa: PLC0415 - only who writes settings reads examples

    document: Any = tomlkit.parse(declared.example)
    return document["sources"][declared.kind][0]


def is_given(values: Values, key: Key) -> bool:
    """Return whether *values* have *key*, in the first table of a list where it stands within one."""
    first, *rest = key.path
    if not rest:
        return first in values
    tables = values.get(first)
    return isinstance(tables, list) and bool(tables) and rest[0] in tables[0]


def value_of(kind: Any, words: str) -> Any:
    """Return what *words* say for a key of this type: texts as they are, a list by its commas, else as TOML does."""
    if is_text(kind):
        return words
    plain = bare(kind)
    inner = get_args(plain)[0] if get_origin(plain) is tuple else None
    is_list = is_text(inner) or get_origin(inner) is Literal
    try:
        value = read_toml(f"value = {words}")["value"]
    except tomllib.TOMLDecodeError:
        value = words
    return value if isinstance(value, list) or not is_list else listed(words)


def listed(words: str) -> list[str]:
    """Return the parts of *words* between commas, but for the commas within brackets, as a descriptor has them."""
    parts, depth = [""], 0
    for letter in words:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]


def put(values: Values, settings: type[msgspec.Struct], name: str, words: str) -> None:
    """Set the key *name* of *values* to what *words* say; `wallets.watch` is that of the first table of the list."""
    first, _, rest = name.partition(".")
    fields = {field.name: field.type for field in msgspec.structs.fields(settings)}
    if first not in fields:
        raise UsageError(f"{name}: there is no such key: known here: {', '.join(fields)}")
    inner = tables_in(fields[first])
    if rest and inner is not None:
        number, _, key = rest.partition(".") if rest.partition(".")[0].isdecimal() else ("0", "", rest)
        tables = values.setdefault(first, [])
        if not isinstance(tables, list) or int(number) > len(tables):
            raise UsageError(f"{name}: there is no table {number} of {first} yet: give the first one as {first}.0")
        if int(number) == len(tables):
            tables.append({})
        put(tables[int(number)], inner, key, words)
    elif rest and fields[first] == dict[str, str]:
        values.setdefault(first, {})[rest] = words
    else:
        values[first] = value_of(fields[first], words)


def refuse_what_spends(values: Any, key: str = "") -> None:
    """Raise ConfigError, without a word of it, where a value lets anybody spend: a private key, the words of a seed."""
    if isinstance(values, Mapping):
        for name, value in values.items():
            refuse_what_spends(value, str(name))
    elif isinstance(values, list):
        for value in values:
            refuse_what_spends(value, key)
    elif isinstance(values, str) and lets_spend(values):
        raise ConfigError(
            f"{key}: this looks like a private key or a seed, and is not repeated: nothing was written; give "
            "addresses, or a public key, and move the coins if anybody saw it"
        )


def block_of(declared: DeclaredSource[Any], values: Values) -> str:
    """Return the table of *values* as TOML, in the order of the declaration's example and with its comments."""
    example = example_of(declared)
    heading = f"[[sources.{declared.kind}]]"
    lines = [_line(heading, example.trivia.comment), *_lines(values, example, f"sources.{declared.kind}", "")]
    return "".join(f"{line}\n" for line in lines)


def _lines(values: Values, example: Mapping[str, Any], place: str, indent: str) -> Iterator[str]:
    order = [*(key for key in example if key in values), *(key for key in values if key not in example)]
    within = [key for key in order if _is_tables(values[key])]
    for key in (key for key in order if key not in within):
        comment = example[key].trivia.comment if key in example else ""
        yield _line(f"{indent}{key} = {written(values[key])}", comment)
    for key in within:
        shown = example[key][0] if key in example else {}
        for table in values[key]:
            yield f"{indent}  [[{place}.{key}]]"
            yield from _lines(table, shown, f"{place}.{key}", f"{indent}  ")


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _line(words: str, comment: str) -> str:
    return f"{words:<{COMMENTS_AT - 1}} {comment}" if comment else words


def written(value: Any) -> str:
    """Return *value* as TOML writes it on one line."""
    import tomlkit  # noqa: PLC0415 - only who writes settings writes TOML

    if isinstance(value, dict):
        inner = tomlkit.inline_table()
        inner.update(value)
        return str(inner.as_string())
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    text: str = tomlkit.item(value).as_string()
    return text
