"""Rarer numbers of clauses, at the beginning of a line: 1.1 and 1.1.1, 任务一, A."""

import re

from miaopu.engine.plan_reader.marks import Mark
from miaopu.engine.plan_reader.numerals import ordinal

RARE = ("task", "alpha", "deci2", "deci3")
_RARE = re.compile(
    r"(?:^|(?<=\n))(?:"
    r"(?P<task>(?:重点)?(?:任务|工程|行动|举措|专项)(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2}))[:、.](?=[^\n\d])"
    r"|(?P<alpha>[A-K])[.、](?=[\u4e00-\u9fff“])"
    r"|(?P<deci>\d{1,2}(?:\.\d{1,2}){1,2})[.、]?(?=[\u4e00-\u9fff“])"
    r"(?![万亿千百]|[个户家元倍米吨亩人年月日天小至到分号级版]|公里|平方|百分|以[上下])"
    r")"
)


def with_rare(marks: list[Mark], seen: str, body_end: int) -> list[Mark]:
    """With 1.1, 任务一 and A., in place of what else their first characters could be."""
    rare = [one for one in _rare_marks(seen) if one.start < body_end]
    taken = {one.start for one in rare}
    return sorted(
        [*(one for one in marks if one.start not in taken), *rare], key=lambda one: one.start
    )


def _rare_marks(seen: str) -> list[Mark]:
    """The rarer marks of a text, of each style only where a second one follows a first."""
    found = [_mark(one) for one in _RARE.finditer(seen)]
    kept: list[Mark] = []
    for style in RARE:
        row = [one for one in found if one.style == style and one.value]
        follows = any(
            second.value == first.value + 1 and _above(second) == _above(first)
            for first, second in zip(row, row[1:], strict=False)
        )
        kept.extend(row if follows else [])
    return sorted(kept, key=lambda one: one.start)


def _above(mark: Mark) -> str:
    """What stands before the last number: 1.1 of 1.1.2; nothing of 任务一 and A."""
    return mark.label.rpartition(".")[0] if mark.style.startswith("deci") else ""


def _mark(found: re.Match[str]) -> Mark:
    label = found.group("task") or found.group("alpha") or found.group("deci")
    if found.group("task"):
        style, value = "task", ordinal(found.group("number")) or 0
    elif found.group("alpha"):
        style, value = "alpha", ord(label) - ord("A") + 1
    else:
        style, value = f"deci{label.count('.') + 1}", int(label.rpartition(".")[2])
    return Mark(found.start(), found.end(), style, value, label, True)
