"""Which numbers begin a list: those that a second item follows."""

from miaopu.engine.plan_reader.marks import RANKS, Mark

# Marks of headings; a text that begins in the midst of a document may begin with any of them.
HEADINGS = ("章", "条", "cn-dun", "cn-paren")


def seconds(marks: list[Mark]) -> set[int]:
    """Indexes of firsts of a list that a second item follows before something higher comes.

    Where numbers run on through the sections, the second item may stand in the next of them.
    """
    waiting: dict[str, int] = {}
    latest: dict[str, int] = {}
    confirmed: set[int] = set()
    for index, mark in enumerate(marks):
        if mark.at_line and mark.style in ("ar-dot", "cn-paren"):
            before = latest.get(mark.style)
            if before is not None and mark.value == marks[before].value + 1:
                confirmed.add(before)
            latest[mark.style] = index
        first = waiting.get(mark.style)
        if first is not None and mark.value == marks[first].value + 1:
            confirmed.add(first)
            del waiting[mark.style]
        if mark.at_line:
            rank = RANKS.get(mark.style, 7)
            for style in [one for one in waiting if RANKS.get(one, 7) > rank]:
                del waiting[style]
        if mark.value == 1 or mark.style in HEADINGS:
            if mark.value == 1 or mark.style not in waiting:
                waiting[mark.style] = index
    for first in sorted(confirmed):
        head = first - 1
        if _stands_over(marks, head, first):
            confirmed.add(head)
    return confirmed


def _stands_over(marks: list[Mark], head: int, first: int) -> bool:
    """一、标题（一）, right before the first item of a list: its line break was lost."""
    if head < 0 or marks[first].style != "cn-paren" or marks[first].value != 1:
        return False
    over = marks[head]
    return over.style == "cn-dun" and over.value == 1 and marks[first].start - over.end <= 40


def is_excerpt_head(seen: str, marks: list[Mark], index: int) -> bool:
    """Whether a text begins in the midst of a document with this heading: 三、工作措施.

    Nothing numbered stands before it, its line is short and no sentence, and the list that it
    belongs to has no first item.
    """
    mark = marks[index]
    end = seen.find("\n", mark.end)
    line = seen[mark.end : end if end >= 0 else len(seen)]
    if not 2 <= len(line) <= _HEADING_LINE or line[-1] in "。;,:":
        return False
    return not any(one.style == mark.style and one.value == 1 and one.at_line for one in marks)


_HEADING_LINE = 40
