"""The column of a document's words, filled by us and searched by PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.db.models import DecimalField, Func, Lookup, Value


class TokenVectorField(SearchVectorField):
    """A tsvector that is given as text ('word':1A …), so that no parser of the database cuts it."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """The text as it is; PostgreSQL reads it as a tsvector."""
        return value

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """The cast that makes the text a tsvector."""
        return "%s::tsvector"


@TokenVectorField.register_lookup
class HoldsWords(Lookup):  # type: ignore[type-arg] # no brackets while it runs
    """`words__hold='…'`: the vector answers a tsquery that is given as text."""

    lookup_name = "hold"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """`vector @@ query`, which the index answers."""
        left, left_params = self.process_lhs(compiler, connection)
        # A query that the planner cannot look into, so that it goes by the index. For a word that
        # it knows as common it would read all rows and unpack every vector: ten times slower.
        return f"{left} @@ (SELECT %s::tsquery)", [*left_params, self.rhs]


class Rank(Func):
    """How well a vector answers a tsquery that is given as text; more is better."""

    function = "ts_rank"
    template = "%(function)s('{0.05,0.2,0.4,1.0}', %(expressions)s::tsquery)"
    output_field = DecimalField(max_digits=8, decimal_places=6)

    def __init__(self, vector: str, query: str) -> None:
        super().__init__(vector, Value(query))


class WordLikeness(Func):
    """How like the words asked for a part of a column is, from 0 to 1 (pg_trgm)."""

    function = "word_similarity"
    output_field = DecimalField(max_digits=8, decimal_places=6)

    def __init__(self, text: str, column: str) -> None:
        super().__init__(Value(text), column)
