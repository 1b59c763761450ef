"""Refuses statements that write: what a GET may send to the database is decided here.

The statement's text is read token by token (strings, comments and quoted names are not mistaken for
keywords). Strict on purpose: row locks, SELECT … INTO, data-changing WITH, DDL, COPY, NOTIFY,
sequences, advisory locks and the queue's functions are refused as well. What it cannot see is what
a function of the database does inside; none that writes may be called from a page that is read.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

WRITABLE_TABLES = frozenset(
    {
        "django_session",  # a session read may be renewed
        "axes_accessattempt",  # sign-in protection
        "axes_accessfailurelog",
        "axes_accesslog",
        "core_apitokenuse",  # when an API token was last used
    }
)

_TOKEN = re.compile(
    r"""
      (?P<skip>--[^\n]*|/\*.*?\*/|\s+)
    | (?P<string>[eE]'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*')
    | (?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    | "(?P<quoted>(?:""|[^"])*)"
    | (?P<word>[A-Za-z_][\w$]*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_READS = frozenset(
    "select with show explain values table fetch declare close set reset "
    "begin start commit rollback savepoint release end abort".split()
)
_CHANGES = frozenset(("insert", "update", "delete", "merge"))
_LOCKS = frozenset(("update", "share", "no", "key"))
_FUNCTIONS = re.compile(r"nextval|setval|pg_notify|pg_(try_)?advisory\w+|lo_\w+|procrastinate_\w+")

Token = tuple[str, bool]  # lower-case text, and whether it was a quoted name


class WriteInGet(RuntimeError):
    """A page that is only read tried to write; the change belongs into a POST."""


def _tokens(sql: str) -> list[Token]:
    found: list[Token] = []
    for match in _TOKEN.finditer(sql):
        if match["skip"] or match["string"] or match["dollar"]:
            continue
        if match["quoted"] is not None:
            found.append((match["quoted"], True))
        else:
            found.append(((match["word"] or match["other"]).lower(), False))
    return found


def _target(tokens: list[Token], at: int) -> str:
    """The table named from `at` on, without its schema; "" if there is none."""
    name = ""
    while at < len(tokens):
        text, quoted = tokens[at]
        if not quoted and text in ("into", "from", "only"):
            at += 1
            continue
        name = text
        if at + 1 < len(tokens) and tokens[at + 1] == (".", False):
            at += 2
            continue
        break
    return name


def _change(tokens: list[Token], at: int) -> str | None:
    """What the keyword at `at` changes: a table, "" for what is always refused, None if nothing."""
    word = tokens[at][0]
    before = tokens[at - 1] if at else ("", False)
    after = tokens[at + 1] if at + 1 < len(tokens) else ("", False)
    if word == "for" and after[0] in _LOCKS and not after[1]:
        return ""
    if word == "into" and before not in (("insert", False), ("merge", False)):
        return ""
    if word == "update" and before in (("do", False), ("for", False), ("key", False)):
        return None  # ON CONFLICT DO UPDATE belongs to its INSERT; locks are met at FOR
    if word in _CHANGES:
        return _target(tokens, at + 1)
    if _FUNCTIONS.fullmatch(word) and after == ("(", False):
        return ""
    return None


@lru_cache(maxsize=4096)
def refusal(sql: str) -> str:
    """Why `sql` may not run while a page is only read; "" if it may."""
    tokens = _tokens(sql)
    at_start = True
    for at, (text, quoted) in enumerate(tokens):
        if text == ";" and not quoted:
            at_start = True
            continue
        if text == "(" and not quoted and at_start:
            continue
        if at_start and (quoted or text not in _READS | _CHANGES):
            return f"{text.upper()} is not a reading statement"
        at_start = False
        if quoted:
            continue
        target = _change(tokens, at)
        if target is not None and target not in WRITABLE_TABLES:
            return f"{text.upper()} {target}".strip()
    return ""


def guard(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Wrapper for `connection.execute_wrapper`; raises WriteInGet before anything is sent."""
    text = sql if isinstance(sql, str) else sql.as_string(context["connection"].connection)
    reason = refusal(text)
    if reason:
        raise WriteInGet(f"a page that is only read may not write: {reason}")
    return execute(sql, params, many, context)
