"""The scheme file: one assessment scheme as YAML, read and checked."""

from pathlib import Path

from miaopu.engine.assessment.points import check_assessment
from miaopu.engine.assessment.scheme import Scheme
from miaopu.engine.definitions.pieces import validated
from miaopu.engine.definitions.positions import read_document
from miaopu.engine.definitions.refusals import Refused, in_order


class SchemeRefused(Refused):
    """A scheme that cannot be used; `errors` lists every problem found."""


class ScoresRefused(Refused):
    """Scores that cannot be assessed; `errors` lists every problem found, each with its row."""


def load_scheme(path: Path) -> Scheme:
    """The scheme of the file at `path`; raises SchemeRefused."""
    document = read_document(path)
    errors = list(document.errors)
    documents = {"": document}
    scheme = None
    if not errors:
        scheme, errors = validated(Scheme, document.data, documents)
    if scheme is not None:
        errors = check_assessment(scheme, documents, ())
    if errors or scheme is None:
        raise SchemeRefused(path.name, in_order(errors))
    return scheme
