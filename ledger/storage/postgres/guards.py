"""What keeps the log append-only on PostgreSQL, whoever is at the keyboard, and whether it is all still there.

Each guard fires ALWAYS, also for a session that says it is a replica. What is inserted is held to the next positions
and the last hash a whole statement at a time, so that COPY stays fast, against a row of `heads` that only these
functions move: it is the lock that makes a position head + 1. `fault` compares what is stored with what stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lotwork.ledger.storage.port import Reading

SCHEMA = "lotwork"
SCHEMA_FORMAT = 1
COMMENT = "Lotwork ledger, format "
BITS = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
SEARCH_PATH = "pg_catalog, lotwork, pg_temp"

FUNCTIONS = {
    "follow": """
DECLARE
    grown record;
    head record;
BEGIN
    FOR grown IN SELECT book, min(position) AS first, max(position) AS last, count(*) AS many FROM added GROUP BY book
    LOOP
        SELECT position, hash INTO head FROM heads WHERE book = grown.book FOR UPDATE;
        IF NOT FOUND OR grown.first <> head.position + 1 OR grown.many <> grown.last - head.position OR EXISTS (
            SELECT FROM (
                SELECT prev_hash, lag(hash, 1, head.hash) OVER (ORDER BY position) AS due
                FROM added WHERE book = grown.book
            ) AS link WHERE prev_hash <> due
        ) THEN
            RAISE EXCEPTION 'the log only grows: the next position, after the last hash' USING ERRCODE = '23001';
        END IF;
        UPDATE heads SET position = grown.last,
            hash = (SELECT hash FROM added WHERE book = grown.book AND position = grown.last)
            WHERE book = grown.book;
    END LOOP;
    RETURN NULL;
END
""",
    "start": """
BEGIN
    INSERT INTO heads (book, position, hash) VALUES (NEW.book, 0, NEW.genesis);
    RETURN NULL;
END
""",
    "refuse": """
BEGIN
    RAISE EXCEPTION 'the log only grows: %', TG_ARGV[0] USING ERRCODE = '23001';
END
""",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: on which table, when, and the function it calls with at most one word."""

    table: str
    when: str
    events: tuple[str, ...]
    function: str
    word: str = ""
    each: str = "STATEMENT"
    clause: str = ""
    condition: str = ""

    def sql(self, name: str) -> str:
        """Return the statement that makes this guard."""
        word = "'" + self.word.replace("'", "''") + "'" if self.word else ""
        return (
            f"CREATE TRIGGER {name} {self.when} {' OR '.join(self.events)} ON {self.table} {self.clause} "
            f"FOR EACH {self.each} {self.condition} EXECUTE FUNCTION {self.function}({word})"
        )

    @property
    def bits(self) -> int:
        """Return when it fires, as PostgreSQL's own catalogue says it."""
        return sum(BITS.get(word, 0) for word in (self.when, self.each, *self.events))


CHANGES = ("UPDATE", "DELETE", "TRUNCATE")
GUARDS = {
    "events_follow": Guard("events", "AFTER", ("INSERT",), "follow", clause="REFERENCING NEW TABLE AS added"),
    "events_keep": Guard(
        "events", "BEFORE", CHANGES, "refuse", "an event is never changed or deleted, append a correction or a void"
    ),
    "books_start": Guard("books", "AFTER", ("INSERT",), "start", each="ROW"),
    "books_keep": Guard("books", "BEFORE", CHANGES, "refuse", "where a book began is never changed"),
    "heads_keep": Guard(
        "heads",
        "BEFORE",
        ("INSERT", *CHANGES),
        "refuse",
        "a head is moved by its events alone",
        condition="WHEN (pg_trigger_depth() = 0)",
    ),
}
COLUMNS = {
    "books": "book text C!, ledger text C!, format_version bigint !, created_us bigint !, genesis bytea !",
    "cursors": "book text C!, source text C!, cursor text C!, moved_us bigint !",
    "events": "book text C!, position bigint !, id text C!, kind text C!, schema_version bigint !, at_us bigint !, "
    "latest_us bigint !, source text C, txid text C, recorded_us bigint !, payload text C!, prev_hash bytea !, "
    "hash bytea !",
    "fence": "id bigint !, epoch bigint !",
    "heads": "book text C!, position bigint !, hash bytea !",
    "outbox": "id text C!, book text C!, subject text C!, body text C!, queued_us bigint !, attempts bigint !, "
    "sent_us bigint , trouble text C",
}
INDEXES = {
    *((f"{table}_pkey", True) for table in COLUMNS),
    ("events_id", True),
    *((name, False) for name in ("events_late", "events_rare", "events_source", "events_txid", "outbox_pending")),
}


def statements() -> Iterator[str]:
    """Yield the SQL that makes the functions and the guards."""
    for name, body in FUNCTIONS.items():
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = {SEARCH_PATH} AS $guard${body}$guard$"
        )
        yield f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC"  # else a table of one's own could move the heads
    for name, guard in GUARDS.items():
        yield guard.sql(name)
        yield f"ALTER TABLE {guard.table} ENABLE ALWAYS TRIGGER {name}"


def grants(role: str) -> Iterator[str]:
    """Yield the SQL that lets *role*, a quoted name, append and read, and do nothing else."""
    yield f"GRANT USAGE ON SCHEMA {SCHEMA} TO {role}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA {SCHEMA} FROM {role}"
    yield f"GRANT SELECT, INSERT ON events, books TO {role}"
    yield f"GRANT SELECT ON heads TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE ON cursors, outbox, fence TO {role}"


STORED_GUARDS = """
SELECT t.tgname::text, c.relname::text, t.tgtype::int, t.tgenabled::text, p.proname::text, p.prosrc, p.prosecdef,
       coalesce(array_to_string(p.proconfig, ';'), ''), rtrim(encode(t.tgargs, 'escape'), '\\000'),
       coalesce(pg_get_expr(t.tgqual, t.tgrelid), '')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_proc p ON p.oid = t.tgfoid
WHERE n.nspname = 'lotwork' AND NOT t.tgisinternal"""
STORED_COLUMNS = """
SELECT c.relname::text, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' ||
       coalesce((SELECT collname FROM pg_collation WHERE oid = a.attcollation), '') ||
       CASE WHEN a.attnotnull THEN '!' ELSE '' END, ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE n.nspname = 'lotwork' AND c.relkind NOT IN ('i', 'I', 't') AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname"""
STORED_INDEXES = """
SELECT c.relname::text, i.indisunique FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'lotwork' AND i.indisvalid AND i.indisready"""
ODD_TABLES = """
SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'lotwork' AND c.relkind NOT IN ('i', 'I', 't') AND (
    c.relpersistence <> 'p' OR c.relrowsecurity OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)
    OR EXISTS (SELECT FROM pg_inherits WHERE c.oid IN (inhparent, inhrelid)))
ORDER BY 1"""
"""Tables that a crash would empty, or of which a reader sees other rows than they hold, and a writer fills others."""
HEADS_ASTRAY = """
SELECT coalesce(b.book, h.book) FROM books b FULL JOIN heads h ON h.book = b.book
LEFT JOIN LATERAL (
    SELECT position, hash FROM events e WHERE e.book = b.book ORDER BY position DESC LIMIT 1
) AS e ON true
WHERE (h.position, h.hash) IS DISTINCT FROM (coalesce(e.position, 0), coalesce(e.hash, b.genesis)) LIMIT 5"""


def fault(reading: Reading) -> str | None:
    """Return what is not as the ledger was made: a guard, a table, an index; None where all is."""
    guards = {tuple(row[:9]) for row in reading.all(STORED_GUARDS)}
    made = {
        (name, each.table, each.bits, "A", each.function, FUNCTIONS[each.function], True, PATH, each.word)
        for name, each in GUARDS.items()
    }
    conditions = {row[0]: row[9] for row in reading.all(STORED_GUARDS)}
    unlike = {str(name) for name, *_ in guards ^ made}
    unlike |= {name for name, each in GUARDS.items() if bool(conditions.get(name)) != bool(each.condition)}
    if unlike:
        return f"the guards that keep the log append-only were changed or removed ({', '.join(sorted(unlike))})"
    if dict(reading.all(STORED_COLUMNS)) != COLUMNS or {*reading.all(STORED_INDEXES)} != INDEXES:
        return "the tables or indexes are not those the ledger was made with"
    odd = ", ".join(str(name) for (name,) in reading.all(ODD_TABLES))
    return f"a rule, a policy, another table or no log of its own was put on {odd}" if odd else None


PATH = f"search_path={SEARCH_PATH}"


def damage(reading: Reading) -> str | None:
    """Return which books' heads are not where their events end: no hash tells of the table that holds them."""
    astray = ", ".join(str(book) for (book,) in reading.all(HEADS_ASTRAY))
    return f"the heads kept beside the events do not agree with them ({astray})" if astray else None
