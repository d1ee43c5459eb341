"""A face without a file: what an exchange's API tells, in the columns and words of that exchange's own export."""

from __future__ import annotations

from lotwork.ingest.profiles.face import Face
from lotwork.ingest.profiles.grid import Sheet
from lotwork.ingest.profiles.profile import profile_named


def face_of_roles(name: str, form: int) -> Face:
    """Return the face of the profile *name* in its header number *form*, with every column there, and no text."""
    profile = profile_named(name)
    known = profile.forms[form]
    columns = {**known.columns, **known.optional}
    places = {role: place for place, role in enumerate(columns)}
    words = profile.meanings(known)
    return Face(name, profile, known, Sheet(name), ",", 0, tuple(columns.values()), places, words, {})
