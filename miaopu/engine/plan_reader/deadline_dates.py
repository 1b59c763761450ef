"""When a printed time falls: its year, or that it comes every year."""

import re

from miaopu.engine.plan_reader.context import Context, Statement
from miaopu.engine.plan_reader.time_spans import Time
from miaopu.engine.plan_reader.times import complete

# 明年一季度, 明年底: the 年 belongs to the time where it ends in 底.
_NEXT_YEAR = re.compile(r"明年?")


def date_of_time(context: Context, statement: Statement, one: Time) -> str | None:
    """The date of a time, its year taken from what stands around; None where no year is known."""
    year = None
    if (one.need or one.kind == "shortend") and _comes_yearly(context, statement, one):
        return "recurring:" + context.folded.clean(one.start, one.end)
    if one.need:
        earlier = [t.year for t in context.times_between(statement.start, one.start) if t.year]
        year = earlier[-1] if earlier else _year_around(context, statement)
        if (
            year
            and not earlier
            and _NEXT_YEAR.search(context.folded.seen, one.start - 2, one.start + 1)
        ):
            year += 1
    value = complete(one.value, year)
    if value is None and one.value == "????-12-31":
        return "recurring:" + context.folded.clean(one.start, one.end)
    return value


def _comes_yearly(context: Context, statement: Statement, one: Time) -> bool:
    """每年3月组织申报，5月底前完成评审: May is every year's, too."""
    seen, begin = context.folded.seen, statement.start
    while begin and seen[begin - 1] == ";" and (before := context.at(begin - 2)) is not None:
        begin = before.start
    earlier = context.times_between(begin, one.start)
    text = context.folded.seen[one.start : one.end]
    any_period = one.kind == "shortend" and (context.horizon or text == "年终")
    every = [
        t
        for t in earlier
        if t.kind == "every" and (any_period or t.value.startswith("recurring:每年"))
    ]
    return bool(every) and not any(t.year for t in earlier if t.start > every[-1].start)


def _year_around(context: Context, statement: Statement) -> int | None:
    for title in context.titles(statement.node):
        if found := re.search(r"((?:19|20)\d\d)年", title):
            return int(found.group(1))
    if context.horizon and not re.search(r"(?:19|20)\d\d", context.layout.date or ""):
        return None
    return context.year
