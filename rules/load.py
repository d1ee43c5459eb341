"""The law, read from its files: a topic a file, each figure dated and cited, nothing guessed.

`Law.load` reads the bytes and nothing more; a topic is parsed when a formula first asks for one of its figures. The
digest covers the names and bytes of every rule file and of every formula beside them, so that two books computed under
one digest stand under one law (docs/adr/0008).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import msgspec

from lotwork.ledger.sources import read_sources
from lotwork.rules.errors import LawFileError, UnenactedFigureError, UnknownFigureError
from lotwork.rules.figures import BY_QUARTER, Entry, Figure, Version, shaped, told_from

HOME = Path(__file__).parent
"""Where the law that ships with Lotwork lies."""
PROGRAM = Path(__file__).parent
"""Where its formulas lie."""
TOPIC, FORMULA = ".toml", ".py"


MOST_TOPICS = 256
"""Files whose figures are kept in memory: two editions of the law in force, and more."""


class RuleCorrection(Protocol):
    """What a `rule` event says: from which day a figure has another value, by which law, and why it was wrong."""

    @property
    def figure(self) -> str:
        """Its path under rules/."""
        ...

    @property
    def from_(self) -> date:
        """The first day it holds."""
        ...

    @property
    def value(self) -> Any:
        """The value, in the shape of the figure's unit."""
        ...

    @property
    def cite(self) -> str:
        """The law that says so."""
        ...

    @property
    def reason(self) -> str:
        """Why the figure is corrected."""
        ...


class Law:
    """The law as one set of files tells it, with a book's corrections laid over them; it never changes once made."""

    def __init__(
        self, files: Mapping[str, bytes], corrections: tuple[RuleCorrection, ...] = (), *, strict: bool = False
    ) -> None:
        self._files = files
        self._corrections = corrections
        self._strict = strict
        self._topics: dict[str, dict[str, Entry]] = {}
        self._found: dict[tuple[str, date], Figure] = {}
        self._digest: str | None = None

    @classmethod
    def load(cls, directory: Path | None = None) -> Law:
        """Read every rule file under *directory* (the law that ships with Lotwork, where none is named)."""
        home = HOME if directory is None else directory
        try:
            files = {name.removesuffix(TOPIC): content for name, content in read_sources(home, TOPIC).items()}
        except OSError as unreadable:
            raise LawFileError(f"{home}: a rule file cannot be read ({unreadable}): mend it, or name a folder laid out "
                               "like rules/") from unreadable  # fmt: skip
        if not files:
            raise LawFileError(f"{home}: no rule file (*.toml) here: name a folder laid out like rules/")
        return cls(files)

    @property
    def digest(self) -> str:
        """The SHA-256 over all rule files, the formulas, and the corrections if there are any."""
        if self._digest is None:
            sha = hashlib.sha256(formulas_digest())
            for topic, content in self._files.items():
                name = topic.encode()
                sha.update(len(name).to_bytes(4) + name + len(content).to_bytes(8) + content)
            for rule in self._corrections:
                told = [rule.figure, rule.from_, _plain(rule.value), rule.cite, rule.reason]
                sha.update(b"rule" + msgspec.json.encode(told, order="sorted"))
            self._digest = sha.hexdigest()
        return self._digest

    @property
    def files(self) -> Mapping[str, bytes]:
        """The bytes of each topic's file, corrections left out."""
        return self._files

    @property
    def unenacted(self) -> tuple[Figure, ...]:
        """The figures asked for so far that are announced or projected and not enacted, in order of path and day."""
        asked = {figure.path: figure for _, figure in sorted(self._found.items()) if figure.status != "enacted"}
        return tuple(asked.values())

    @property
    def corrections(self) -> tuple[RuleCorrection, ...]:
        """The corrections this law carries, in the order they were recorded."""
        return self._corrections

    def figure(self, path: str, on: date) -> Figure:
        """Return the figure at *path* ("us/self_employment/oasdi_wage_base") as in force on the day *on*."""
        found = self._found.get((path, on))
        if found is None:
            found = self._found[path, on] = self._find(path, on)
        return found

    def in_year(self, path: str, year: int) -> Figure:
        """Return the figure as in force on the first day of a tax year: what "taxable years beginning after" means."""
        return self.figure(path, date(year, 1, 1))

    def corrected(self, rules: Iterable[RuleCorrection]) -> Law:
        """Return this law with *rules* laid over it; each must name a known figure and have its shape."""
        added = tuple(rules)
        if not added:
            return self
        for rule in added:
            _version_of(rule, self.entry(rule.figure))
        return Law(self._files, (*self._corrections, *added), strict=self._strict)

    def enacted_only(self) -> Law:
        """Return this law refusing what is only announced or projected: a return is filed on enacted law."""
        return Law(self._files, self._corrections, strict=True)

    def as_told(self) -> Law:
        """Return this law with every figure as its files tell it, announced and projected ones too."""
        return Law(self._files, self._corrections)

    def without_corrections(self) -> Law:
        """Return this law as its files tell it, no book's rules over it."""
        return Law(self._files, strict=self._strict)

    def only(self, topics: Collection[str]) -> Law:
        """Return what this law says of *topics*, and nothing else: a figure of another topic is unknown to it.

        Two laws that say the same of them come to one digest here.
        """
        files = {topic: content for topic, content in self._files.items() if topic in topics}
        rules = tuple(rule for rule in self._corrections if rule.figure.rpartition("/")[0] in topics)
        part = Law(files, rules, strict=self._strict)
        part._topics = self._topics
        return part

    def topics(self) -> tuple[str, ...]:
        """Return the topics in order: "us/amt", "us/capital", and so on."""
        return tuple(self._files)

    def paths(self, of: Callable[[str], bool] | None = None) -> tuple[str, ...]:
        """Return the path of every figure, in order of topic and of the file: of every topic, or of those asked for.

        A topic that is not asked for is not parsed.
        """
        topics = self._files if of is None else filter(of, self._files)
        return tuple(f"{topic}/{name}" for topic in topics for name in self._topic(topic))

    def knows(self, path: str) -> bool:
        """Say if there is a figure at *path*, of whatever year."""
        topic, _, name = path.rpartition("/")
        return topic in self._files and name in self._topic(topic)

    def entry(self, path: str) -> Entry:
        """Return all that is known of the figure at *path*: its title, unit, law and every version."""
        topic, _, name = path.rpartition("/")
        entries = self._topic(topic) if topic in self._files else {}
        if name not in entries:
            near = [known for known in self._files if known.startswith(topic.partition("/")[0])]
            known = ", ".join(entries) if entries else "the topics " + ", ".join(near or self._files)
            raise UnknownFigureError(f"the law has no figure {path!r}: see `lotwork rules list`; there are {known}")
        return entries[name]

    def content(self, topic: str) -> bytes | None:
        """Return the bytes of a topic's file, or None where this law has no such topic."""
        return self._files.get(topic)

    def _find(self, path: str, on: date) -> Figure:
        entry = self.entry(path)
        version = entry.on(on)
        if version is None:
            known = ", ".join(str(each.from_) for each in entry.in_force)
            raise UnknownFigureError(
                f"{path} ({entry.title}) is not known for {on}: versions begin {known}"
                f"{' and each ends with its year' if entry.indexed else ''}; it is never carried over or guessed. "
                "Record a `rule` event with the figure and its citation, or update the rule files"
            )
        if self._strict and version.status != "enacted":
            raise UnenactedFigureError(
                f"{path} ({entry.title}) for {on} is {version.status}, not enacted ({version.source}): "
                "a return is filed on enacted law; wait for the release or record a `rule` event that cites it"
            )
        return Figure(
            path, version.value, entry.title, entry.unit, entry.cite,
            version.source, version.status, version.confidence, version.from_,
        )  # fmt: skip

    def _topic(self, topic: str) -> dict[str, Entry]:
        entries = self._topics.get(topic)
        if entries is None:
            entries = dict(_parsed(self._files[topic], f"{topic}.toml"))
            for rule in self._corrections:
                at, _, name = rule.figure.rpartition("/")
                if at == topic:
                    entry = entries[name]
                    versions = (*entry.in_force, _version_of(rule, entry))
                    entries[name] = msgspec.structs.replace(entry, in_force=versions)
            self._topics[topic] = entries
        return entries


@cache
def formulas_digest() -> bytes:
    """Return the SHA-256 over the names and bytes of the formulas: every module under rules/."""
    sha = hashlib.sha256()
    for path, content in formulas().items():
        name = path.encode()
        sha.update(len(name).to_bytes(4) + name + len(content).to_bytes(8) + content)
    return sha.digest()


def formulas() -> dict[str, bytes]:
    """Return the bytes of each formula, every module under rules/, by its path there, in order."""
    return read_sources(PROGRAM, FORMULA)


def parse(content: bytes, where: str) -> dict[str, Entry]:
    """Return the figures of one rule file, named *where* in errors; unknown keys and missing citations are refused."""
    import tomllib  # noqa: PLC0415 - a replay asks the law for little, and often for nothing

    try:
        told = tomllib.loads(content.decode(), parse_float=Decimal)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as refused:
        raise LawFileError(f"{where}: not readable as TOML: {refused}") from refused
    return {name: _entry(table, f"{where}: {name}") for name, table in told.items()}


@lru_cache(maxsize=MOST_TOPICS)
def _parsed(content: bytes, where: str) -> Mapping[str, Entry]:
    """Return what `parse` does, once for all laws that hold these bytes: of a thousand books, and of one return."""
    return parse(content, where)


def _entry(table: object, where: str) -> Entry:
    try:
        entry = msgspec.convert(table, Entry)
        versions = tuple(
            msgspec.structs.replace(version, value=shaped(version.value, entry.unit)) for version in entry.in_force
        )
    except (msgspec.ValidationError, ValueError) as refused:
        raise LawFileError(f"{where}: {refused}") from refused
    if not entry.title.strip() or not entry.cite.strip():
        raise LawFileError(f"{where}: a figure has a title and a cite: say what it is and which law says so")
    if not versions:
        raise LawFileError(f"{where}: nothing in force: add [[{where.rpartition(' ')[2]}.in_force]]")
    for version, later in pairwise(versions):
        if later.from_ <= version.from_:
            raise LawFileError(f"{where}: versions stand in order of time, but {later.from_} follows {version.from_}")
    for version in versions:
        if not version.source.strip() or not version.confidence.strip():
            raise LawFileError(f"{where}: the version from {version.from_} needs a source and a confidence")
        if version.until is not None and version.until <= version.from_:
            raise LawFileError(f"{where}: the version from {version.from_} ends before it begins")
    if entry.introduced is not None and entry.introduced > versions[0].from_:
        raise LawFileError(f"{where}: introduced {entry.introduced}, and a version is in force before it")
    if entry.expired is not None and entry.expired <= versions[-1].from_:
        raise LawFileError(f"{where}: expired {entry.expired}, and a version begins on that day or later")
    return msgspec.structs.replace(entry, in_force=versions)


def _version_of(rule: RuleCorrection, entry: Entry) -> Version:
    """Return a correction as a version of its figure; amounts may come as decimal text, as they do in events."""
    if not rule.cite.strip() or not rule.reason.strip():
        raise LawFileError(f"rule for {rule.figure}: a correction of the law needs its cite and its reason")
    try:
        value = shaped(rule.value, entry.unit, strict=False)
        if entry.unit == BY_QUARTER:
            value = told_from(value, rule.from_, entry.on(rule.from_))
    except ValueError as refused:
        raise LawFileError(f"rule for {rule.figure}: {refused}; see `lotwork rules show {rule.figure}`") from refused
    parts = _parts(entry.in_force[-1].value)
    if entry.unit != BY_QUARTER and _parts(value) != parts:
        raise LawFileError(
            f"rule for {rule.figure}: the value has other parts than the one in force, which has {parts}: see `lotwork "
            f"rules show {rule.figure}`; a change of shape needs an edition of the files (`--law DIR`)"
        )
    return Version(
        from_=rule.from_, value=value, status="enacted", source=rule.cite, confidence=f"this book: {rule.reason}"
    )


def _parts(value: Any) -> str:
    """Return in words which parts a value has: the formulas count on as many, by the same names."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_parts(value[name])}" for name in sorted(value))
    return f"a list of {len(value)}" if isinstance(value, tuple) else "one value"


def _plain(value: Any) -> Any:
    """Return a value that JSON can tell, a frozen mapping among them."""
    return {str(key): _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value
