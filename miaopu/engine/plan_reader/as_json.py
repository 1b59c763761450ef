"""A reading as the JSON document of `plan read` (docs/plan-reader.md)."""

from typing import Any

from miaopu.engine.plan_reader.model import Reading


def to_json(reading: Reading) -> dict[str, Any]:
    """The document in the shape and order of the contract; places count code points of `text`."""
    text = reading.text
    return {
        "title": reading.title,
        "number": reading.number,
        "issuer": reading.issuer,
        "date": reading.date,
        "text": text,
        "clauses": [
            {
                "path": one.path,
                "title": one.title,
                "text": text[one.start : one.end],
                "start": one.start,
                "end": one.end,
            }
            for one in reading.clauses
        ],
        "responsibilities": [
            {
                "clause": one.clause,
                "units": list(one.units),
                "role": one.role,
                "explicit": one.explicit,
                **_place(one),
            }
            for one in reading.responsibilities
        ],
        "targets": [
            {
                "clause": one.clause,
                "indicator": one.indicator,
                "scope": one.scope,
                "value": one.value,
                "unit": one.unit,
                "comparator": one.comparator,
                "date": one.date,
                **_place(one),
            }
            for one in reading.targets
        ],
        "deadlines": [
            {
                "clause": one.clause,
                "date": one.date,
                "from": one.begin,
                "what": one.what,
                **_place(one),
            }
            for one in reading.deadlines
        ],
        "money": [
            {
                "clause": one.clause,
                "what": one.what,
                "value": one.value,
                "unit": one.unit,
                **_place(one),
            }
            for one in reading.money
        ],
        "citations": [
            {"title": one.title, "number": one.number, **_place(one)} for one in reading.citations
        ],
        "repairs": [
            {
                "raw": one.raw,
                "read_as": one.read_as,
                "start": one.start,
                "end": one.end,
                "certain": one.certain,
            }
            for one in reading.repairs
        ],
        "checks": [
            {
                "code": one.code,
                "grade": one.grade,
                "what": one.what,
                "stated": one.stated,
                "computed": one.computed,
                "clauses": list(one.clauses),
            }
            for one in reading.checks
        ],
    }


def _place(one: Any) -> dict[str, Any]:
    return {"raw": one.raw, "start": one.start, "end": one.end}
