"""Reading a text into plain syntax, with sqlglot as the parser.

Every token has been checked before the parser sees it (`tokens`), and every node of the parser's
tree is checked after (`convert`): nothing is allowed because a parser happens to know it.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

from sqlglot import Dialect
from sqlglot.errors import ParseError, SqlglotError

from miaopu.engine.expressions.convert import Converter, refused
from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.hints import grouped_figure
from miaopu.engine.expressions.syntax import Syntax
from miaopu.engine.expressions.tokens import (
    MAX_LENGTH,
    allowed_tokens,
    depth_of,
    marks_of,
    too_deep,
)
from miaopu.engine.messages import Bilingual

_ROOMY_DEPTH = 6


def parse(source: str, functions: Collection[str] = frozenset()) -> Syntax:
    """Parse `source`; raises ExpressionError for anything that is not in the language.

    `functions` are names that may be called beside the language's own.
    """
    tokens = allowed_tokens(source, functions)
    depth = depth_of(tokens)
    dialect = Dialect.get_or_raise(None)

    def build() -> Syntax:
        tree = dialect.parser(error_message_context=2 * MAX_LENGTH).parse(tokens, source)
        if len(tree) != 1 or tree[0] is None:
            raise refused(0)
        return Converter(marks_of(tokens)).convert(tree[0])

    try:
        if depth <= _ROOMY_DEPTH:
            return build()
        with ThreadPoolExecutor(max_workers=1) as roomy:  # a fresh stack: the same limit anywhere
            return roomy.submit(build).result()
    except ParseError as error:
        raise _unparsed(error, source) from error
    except (SqlglotError, RecursionError) as error:
        raise too_deep(0) from error


def _unparsed(error: ParseError, source: str) -> ExpressionError:
    first = error.errors[0] if error.errors else {}
    position = len(str(first.get("start_context") or ""))
    return ExpressionError(
        min(position, len(source)),
        Bilingual("表达式到这里读不下去", "the expression cannot be read on from here"),
        grouped_figure(source, position)
        or Bilingual(
            "检查括号、逗号和缺少的运算符或数值",
            "look for a missing bracket, comma, operator or value",
        ),
    )
