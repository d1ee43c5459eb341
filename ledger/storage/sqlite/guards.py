"""The triggers that make the log append-only.

A pair of UPDATE and DELETE triggers is not enough: `INSERT OR REPLACE` passes them. So every insert is held to the next
position and the last hash as well. RAISE(FAIL), because ABORT makes SQLite keep a journal of every row's insert, and
costs a third of the speed; whoever appends rolls back. `ledger.storage.verify` compares these texts with the stored.
"""

from __future__ import annotations

GUARDS = {
    "events_follow": """CREATE TRIGGER events_follow BEFORE INSERT ON events
WHEN (NEW.position - 1, NEW.prev_hash) IS NOT
     (SELECT position, hash FROM events WHERE book = NEW.book ORDER BY position DESC LIMIT 1)
 AND NOT (NEW.position = 1
          AND NEW.prev_hash IS (SELECT genesis FROM books WHERE book = NEW.book)
          AND NOT EXISTS (SELECT 1 FROM events WHERE book = NEW.book))
BEGIN SELECT RAISE(FAIL, 'the log only grows: the next position, after the last hash'); END""",
    "events_keep": """CREATE TRIGGER events_keep BEFORE UPDATE ON events
BEGIN SELECT RAISE(FAIL, 'the log only grows: an event is never changed, append a correction'); END""",
    "events_stay": """CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(FAIL, 'the log only grows: an event is never deleted, append a void'); END""",
    "books_once": """CREATE TRIGGER books_once BEFORE INSERT ON books
WHEN EXISTS (SELECT 1 FROM books WHERE book = NEW.book)
BEGIN SELECT RAISE(FAIL, 'the log only grows: a book begins once'); END""",
    "books_keep": """CREATE TRIGGER books_keep BEFORE UPDATE ON books
BEGIN SELECT RAISE(FAIL, 'the log only grows: where a book began is never changed'); END""",
    "books_stay": """CREATE TRIGGER books_stay BEFORE DELETE ON books
BEGIN SELECT RAISE(FAIL, 'the log only grows: a book is never deleted'); END""",
}
