"""The words and marks of the language: what the parser never sees, because it is refused before.

Names become quoted identifiers and functions get a prefix of our own, so that no keyword and no
built-in function of any SQL dialect gets in the way of a fact's name.
"""

import re
from collections.abc import Collection, Mapping

from sqlglot import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from miaopu.engine.expressions.errors import ExpressionError, did_you_mean
from miaopu.engine.expressions.hints import instead_of, with_unit
from miaopu.engine.messages import Bilingual

MAX_LENGTH = 10_000
MAX_DEPTH = 32
FUNCTIONS = frozenset(
    "coalesce least greatest in_region in_industry has_tag add_months add_years within".split()
)
PREFIX = "mp_"
_WORD = re.compile(r"[^\W\d]\w*")
_NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{1,12})?")
_FULL_WIDTH = "（），：；＝＜＞＋－＊／‘’“”＠。　"
_OPERATORS = frozenset(
    {
        TokenType.L_PAREN,
        TokenType.R_PAREN,
        TokenType.COMMA,
        TokenType.EQ,
        TokenType.NEQ,
        TokenType.LT,
        TokenType.LTE,
        TokenType.GT,
        TokenType.GTE,
        TokenType.PLUS,
        TokenType.DASH,
        TokenType.STAR,
        TokenType.SLASH,
    }
)
_KEYWORDS: Mapping[str, TokenType] = {
    "and": TokenType.AND,
    "or": TokenType.OR,
    "not": TokenType.NOT,
    "in": TokenType.IN,
    "is": TokenType.IS,
    "null": TokenType.NULL,
    "between": TokenType.BETWEEN,
    "case": TokenType.CASE,
    "when": TokenType.WHEN,
    "then": TokenType.THEN,
    "else": TokenType.ELSE,
    "end": TokenType.END,
    "true": TokenType.TRUE,
    "false": TokenType.FALSE,
}
_FOREIGN = frozenset(
    """select from where group having order union exists like ilike similar rlike regexp glob cast
    interval over any all some distinct as using collate escape with div mod xor""".split()
)
SEE_ALLOWED = Bilingual(
    "可用的写法见规则语言说明（docs/expressions.md）",
    "the language reference lists what can be written (docs/expressions.md)",
)


def allowed_tokens(source: str, functions: Collection[str] = frozenset()) -> list[Token]:
    """The tokens of `source`; raises ExpressionError for any that is not in the language.

    `functions` are names that may be called beside the language's own.
    """
    if len(source) > MAX_LENGTH:
        raise ExpressionError(
            MAX_LENGTH,
            Bilingual(f"表达式超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters"),
            Bilingual("请拆成几个条件", "split it into several conditions"),
        )
    try:
        tokens = Dialect.get_or_raise(None).tokenize(source)
    except (SqlglotError, RecursionError, ValueError) as error:
        raise _untokenized(source) from error
    _check_gaps(source, tokens)
    if not tokens:
        raise ExpressionError(
            0,
            Bilingual("表达式是空的", "the expression is empty"),
            Bilingual("写出条件，例如 employees <= 20", "write one, such as employees <= 20"),
        )
    callable_names = FUNCTIONS.union(functions)
    return [
        _allowed_token(source, tokens[i], tokens[i - 1] if i else None, following, callable_names)
        for i, following in enumerate([*tokens[1:], None])
    ]


def depth_of(tokens: list[Token]) -> int:
    """How deep brackets, CASE and runs of prefixes nest; raises where it passes the limit."""
    opened: list[int] = []
    run = deepest = 0
    for token in tokens:
        kind = token.token_type
        if kind in (TokenType.L_PAREN, TokenType.CASE):
            opened.append(run + 1)
            run = 0
        elif kind in (TokenType.NOT, TokenType.DASH, TokenType.PLUS):
            run += 1
        else:
            run = 0
            if kind in (TokenType.R_PAREN, TokenType.END) and opened:
                opened.pop()
        deepest = max(deepest, sum(opened) + run)
        if deepest > MAX_DEPTH:
            raise too_deep(token.start)
    return deepest


def marks_of(tokens: list[Token]) -> list[int]:
    """Where parameters, `:as_of`, true, false, null stand, in order (not the null of `is null`)."""
    marked = {TokenType.PARAMETER, TokenType.COLON, TokenType.TRUE, TokenType.FALSE}
    found = []
    for i, token in enumerate(tokens):
        before = [other.token_type for other in tokens[max(i - 2, 0) : i]]
        tested = before[-1:] == [TokenType.IS] or before == [TokenType.IS, TokenType.NOT]
        if token.token_type in marked or (token.token_type is TokenType.NULL and not tested):
            found.append(token.start)
    return found


def _check_gaps(source: str, tokens: list[Token]) -> None:
    """Nothing but white space between tokens: a comment is read by nobody, so it says nothing."""
    place = 0
    for token in tokens:
        _check_gap(source, place, token.start)
        place = token.end + 1
    _check_gap(source, place, len(source))


def _check_gap(source: str, start: int, end: int) -> None:
    gap = source[start:end]
    if gap.strip(" \t\r\n"):
        raise ExpressionError(
            start + len(gap) - len(gap.lstrip()),
            Bilingual("表达式里不能有注释或其他符号", "comments have no place in an expression"),
            Bilingual("请删去，说明写在 title 里", "take it out; explain in the title"),
        )


def _allowed_token(
    source: str,
    token: Token,
    before: Token | None,
    after: Token | None,
    functions: frozenset[str],
) -> Token:
    text = source[token.start : token.end + 1]
    kind = token.token_type
    if kind in _OPERATORS:
        return token
    if kind is TokenType.STRING and re.fullmatch(r"'([^']|'')*'", text):
        return token
    if kind is TokenType.NUMBER and _NUMBER.fullmatch(text):
        if after is not None and (told := with_unit(token.start, text, after.text)):
            raise told
        return token
    if kind is TokenType.IDENTIFIER and re.fullmatch(r'"[^"]+"', text):
        return token
    if kind is TokenType.PARAMETER and text == "@" and after is not None:
        return token
    if kind is TokenType.COLON and after is not None and after.text == "as_of":
        return token
    if _WORD.fullmatch(text):
        return _allowed_word(token, text, before, after, functions)
    raise _odd_token(token.start, text)


def _allowed_word(
    token: Token,
    text: str,
    before: Token | None,
    after: Token | None,
    functions: frozenset[str],
) -> Token:
    word = text.lower()
    if told := instead_of(token.start, text):
        raise told
    if before is not None and before.token_type in (TokenType.PARAMETER, TokenType.COLON):
        return _changed(token, TokenType.VAR, text)
    if word in _KEYWORDS:
        return _changed(token, _KEYWORDS[word], text)
    if word == "date" and after is not None and after.token_type is TokenType.STRING:
        return _changed(token, TokenType.DATE, "date")
    if word in _FOREIGN:
        raise ExpressionError(
            token.start,
            Bilingual(f"这里不能用 {text}", f"{text} is not part of the language"),
            SEE_ALLOWED,
        )
    if after is not None and after.token_type is TokenType.L_PAREN:
        if word not in functions:
            raise ExpressionError(
                token.start,
                Bilingual(f"没有函数 {text}", f"there is no function {text}"),
                did_you_mean(
                    word,
                    functions,
                    Bilingual(
                        f"可用的函数：{'、'.join(sorted(functions))}",
                        f"functions are {', '.join(sorted(functions))}",
                    ),
                ),
            )
        return _changed(token, TokenType.VAR, PREFIX + word)
    return _changed(token, TokenType.IDENTIFIER, text)


def _changed(token: Token, kind: TokenType, text: str) -> Token:
    return Token(kind, text, token.line, token.col, token.start, token.end)


def too_deep(position: int) -> ExpressionError:
    """The refusal of an expression that nests deeper than MAX_DEPTH."""
    return ExpressionError(
        position,
        Bilingual(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep"),
        Bilingual("请拆成几个条件", "split it into several conditions"),
    )


def _untokenized(source: str) -> ExpressionError:
    quotes = [i for i, char in enumerate(source) if char == "'"]
    if len(quotes) % 2:
        return ExpressionError(
            quotes[-1],
            Bilingual("引号没有成对", "a quotation mark is not closed"),
            Bilingual("文本用一对半角单引号括起来", "put text between two single quotes"),
        )
    return ExpressionError(
        next((i for i, char in enumerate(source) if char in '{}`#$\\"/'), 0),
        Bilingual("读不懂这个表达式", "this cannot be read as an expression"),
        SEE_ALLOWED,
    )


def _odd_token(position: int, text: str) -> ExpressionError:
    shown = text[:20]
    if told := instead_of(position, text):
        return told
    if text[:1] in _FULL_WIDTH or (text.isnumeric() and not text.isascii()):
        return ExpressionError(
            position,
            Bilingual(f"“{shown}”是全角符号", f"{shown!r} is a full-width character"),
            Bilingual("请改用半角符号", "type it half-width"),
        )
    return ExpressionError(
        position,
        Bilingual(f"这里不能写“{shown}”", f"{shown!r} is not part of the language"),
        SEE_ALLOWED,
    )
