"""A result as the command prints it under --json and `/api/v1` answers it: one place makes both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotwork.ledger.storage.batch import Head
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import findings_in
from lotwork.reports.findings import list_findings
from lotwork.reports.result import RestsOn, pieces_of, schema_of
from lotwork.reports.rows import Row
from lotwork.rules.load import Law


def result_of(name: str, content: Row, *, head: Head, law: Law, findings: Iterable[Finding] = ()) -> bytes:
    """Return the JSON of a result with what every result has: the book and where it ends, the law, the findings."""
    return b"".join(pieces_of_result(name, content, head=head, law=law, findings=findings))


def pieces_of_result(
    name: str, content: Row, *, head: Head, law: Law, findings: Iterable[Finding] = ()
) -> Iterator[bytes]:
    """Yield the same piece by piece."""
    told = findings_in(head.book, findings)
    rests_on = RestsOn(schema=schema_of(name), book=head.book, position=head.position, head=head.hash, law=law.digest)
    return pieces_of(rests_on, content, list_findings(told))
