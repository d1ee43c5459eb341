"""The address of a ledger on a server, as the settings and the command name it. Nothing here loads psycopg."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

SCHEMES = ("postgresql", "postgres")
SECRET_WORDS = frozenset({"password", "sslpassword", "oauth_client_secret"})
EXAMPLE = "postgresql://lotwork_app@db.example.org/lotwork"


def is_address(place: str) -> bool:
    """Return whether *place* names a server rather than a folder."""
    return place.partition(":")[0].lower() in SCHEMES and "://" in place


def check_address(url: str) -> None:
    """Raise ValueError where *url* is no address of a PostgreSQL database, or carries a password."""
    if not is_address(url) or not url.isprintable() or " " in url:
        raise ValueError(f'url is not the address of a PostgreSQL database: write it like "{EXAMPLE}"')
    parts = urlsplit(url)
    given = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    if ":" in parts.netloc.rpartition("@")[0] or given & SECRET_WORDS:
        raise ValueError(
            "url holds a password: take it out, change it, and write password_file, or keep it in ~/.pgpass or "
            "PGPASSWORD"
        )
    if not parts.path.strip("/"):
        raise ValueError(f'url names no database: write it like "{EXAMPLE}"')


def shown(url: str) -> str:
    """Return *url* as a message names it: server and database, and nothing else that may stand in it."""
    parts = urlsplit(url)
    return f"postgresql://{parts.netloc.rpartition('@')[2]}{parts.path}"
