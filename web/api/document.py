"""The OpenAPI document of `/api/v1`, made from the questions and from the types that answer them."""

from __future__ import annotations

from functools import cache

import msgspec

from lotwork.ledger.public_form.parse_words import TAX_YEARS
from lotwork.reports.findings import FindingListing
from lotwork.reports.refusal import RefusalListing
from lotwork.reports.result import RestsOn
from lotwork.web.api.questions import METHODS, QUESTIONS, Question

VERSION = "v1"
REFERENCE = "#/components/schemas/{name}"
ABOUT = {
    "book": "The taxpayer's book.",
    "year": "The tax year.",
    "as_of": "What had happened by the end of this day.",
    "known": "What had been recorded by this day or instant.",
    "up_to": "As the log stood at this position.",
    "method": "The method of the payments; by itself the one that costs less.",
    "code": "Only the findings of this code.",
    "tax_table": "As a filed return: by the IRS Tax Table, with lines 36 to 38.",
}
SCHEMAS: dict[str, dict[str, object]] = {
    "book": {"type": "string", "default": "main"},
    "year": {"type": "integer", "minimum": TAX_YEARS[0], "maximum": TAX_YEARS[-1]},
    "as_of": {"type": "string", "format": "date"},
    "known": {"type": "string"},
    "up_to": {"type": "integer", "minimum": 0},
    "method": {"type": "string", "enum": list(METHODS), "default": "cheaper"},
    "code": {"type": "string"},
    "tax_table": {"type": "boolean", "default": False},
}
STATUSES = {
    "400": "A value that cannot be, or that the question does not have.",
    "401": "No token was sent, or another one.",
    "404": "There is no such book, or no such question.",
    "409": "The law or the book does not let it be answered.",
    "500": "The log is not what was written, or a bug.",
    "503": "Busy: ask again.",
}


@cache
def document() -> bytes:
    """Return the document as JSON."""
    kinds = (RestsOn, FindingListing, RefusalListing, *(each.listing for each in QUESTIONS.values()))
    _, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "Lotwork",
            "version": VERSION,
            "description": "What the commands of Lotwork print under --json, to be read with a token; amounts are "
            "decimal strings. `lotwork api token` makes the token.",
        },
        "servers": [{"url": f"/api/{VERSION}"}],
        "security": [{"token": []}],
        "paths": {f"/{name}": {"get": _operation(each)} for name, each in QUESTIONS.items()},
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


def _operation(question: Question) -> dict[str, object]:
    parts = [_reference(kind.__name__) for kind in (RestsOn, question.listing, FindingListing)]
    refused = {"application/json": {"schema": _reference(RefusalListing.__name__)}}
    return {
        "operationId": question.name,
        "summary": question.about,
        "description": f"What `lotwork {question.name} --json` prints.",
        "parameters": [
            {
                "name": name,
                "in": "query",
                "required": name == "year" and question.needs_year,
                "description": ABOUT[name],
                "schema": SCHEMAS[name],
            }
            for name in question.values
        ],
        "responses": {
            "200": {"description": question.about, "content": {"application/json": {"schema": {"allOf": parts}}}},
            **{status: {"description": about, "content": refused} for status, about in STATUSES.items()},
        },
    }


def _reference(name: str) -> dict[str, str]:
    return {"$ref": REFERENCE.format(name=name)}
