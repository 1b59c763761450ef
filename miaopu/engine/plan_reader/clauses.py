"""Turns the marks of a text into its clause tree."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.marks import HIGH, RANKS, Mark, find_marks
from miaopu.engine.plan_reader.rare_marks import RARE, with_rare
from miaopu.engine.plan_reader.sequences import HEADINGS, is_excerpt_head, seconds

_SKIP = 3
_DEEPEST = 10


@dataclass
class Node:
    """A clause while the tree is being built; places are folded."""

    mark: Mark
    style: str
    value: int
    label: str
    parent: "Node | None"
    start: int
    end: int = 0
    children: list["Node"] = field(default_factory=list)
    annex: str = ""

    @property
    def path(self) -> str:
        """The marks from the top down, joined by /."""
        labels, node = [self.label], self.parent
        while node is not None:
            labels.append(node.label)
            node = node.parent
        if self.annex:
            labels.append(self.annex)
        return "/".join(reversed(labels))


class Tree:
    """The clauses of a text in order, and which clause a place belongs to."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = list(nodes)
        self._starts = [node.start for node in nodes]
        self.paths = [node.path for node in nodes]

    def at(self, place: int) -> Node | None:
        """The innermost clause around the folded place, None outside of all."""
        index = bisect_right(self._starts, place) - 1
        node = self.nodes[index] if index >= 0 else None
        while node is not None and node.end <= place:
            node = node.parent
        return node

    def own_end(self, index: int) -> int:
        """Where the text of clause `index` before its first child ends."""
        following = self._starts[index + 1] if index + 1 < len(self._starts) else None
        end = self.nodes[index].end
        return end if following is None else min(end, following)


def build_tree(folded: Folded, body_end: int) -> Tree:
    """The clause tree of the text up to folded `body_end`, where signature or chrome begin."""
    seen = folded.seen
    marks = [one for one in find_marks(seen) if one.start < body_end]
    nodes = _Builder(seen, with_rare(_with_runs(folded, marks), seen, body_end)).build()
    _close(nodes, body_end)
    return Tree(nodes)


def _with_runs(folded: Folded, marks: list[Mark]) -> list[Mark]:
    """Drop 一是, 首先 and their like unless numbered items stand below them in their paragraph."""
    kept: list[Mark] = []
    runs = ("cn-shi", "cn-first")
    for style in runs:
        kept.extend(_live_runs(folded, marks, style))
    kept.extend(one for one in marks if one.style not in runs)
    return sorted(kept, key=lambda one: one.start)


def _live_runs(folded: Folded, marks: list[Mark], style: str) -> list[Mark]:
    live: list[Mark] = []
    run: list[Mark] = []
    firsts = [
        one.start
        for one in marks
        if one.style in ("ar-dot", "ar-paren", "circled") and one.value == 1
    ]

    def finish(before: int | None = None) -> None:
        if len(run) < 2:
            return
        line_end = folded.line_end(run[-1].end)
        end = line_end if before is None else min(line_end, before)
        first = bisect_right(firsts, run[0].start)
        if first < len(firsts) and firsts[first] < end:
            live.extend(run)

    for one in marks:
        if one.style in (*HIGH, "cn-dun", "heading", "条", "cn-paren") and one.at_line:
            finish()
            run = []
        elif style == "cn-first" and one.style == "cn-shi":
            finish(one.start)
            run = []
        elif one.style == style:
            if run and one.value == run[-1].value + 1:
                run.append(one)
            elif one.value == 1:
                finish()
                run = [one]
    finish()
    return live


class _Builder:
    def __init__(self, seen: str, marks: list[Mark]) -> None:
        self.seen, self.marks = seen, marks
        self.nodes: list[Node] = []
        self.stack: list[Node] = []
        self.last: dict[str, int] = {}
        self.annex = ""
        self.used: set[str] = set()
        self.annexes = [(found.start(1), found.group(1)) for found in _ANNEX_HEAD.finditer(seen)]
        self.seconds = seconds(marks)

    def build(self) -> list[Node]:
        pointer = 0
        for index, mark in enumerate(self.marks):
            while pointer < len(self.annexes) and self.annexes[pointer][0] <= mark.start:
                if self.nodes:
                    self.annex = self.annexes[pointer][1]
                    self.stack, self.last = [], {}
                pointer += 1
            self._place(index, mark)
        return self.nodes

    def _place(self, index: int, mark: Mark) -> None:
        if mark.style == "heading":
            self._push(mark, None)
            return
        if mark.style == "bullet":
            self._bullet(mark)
            return
        if mark.style in RARE:
            self._push(mark, self._parent_of_rare(mark))
            return
        level = self._level(mark)
        if level is not None:
            self.stack = self.stack[: level + 1]
            sibling = self.stack.pop()
            self._push(mark, sibling.parent)
            return
        if self._starts_here(index, mark):
            self._push(mark, self._parent_for(mark))

    def _parent_of_rare(self, mark: Mark) -> Node | None:
        """The parent of 任务一, A. or 1.1: below what is open, beside its like."""
        rank = RANKS[mark.style]
        least = RANKS["款"] if mark.style == "task" else rank
        for level, node in enumerate(self.stack):
            if node.style == mark.style:
                self.stack = self.stack[:level]
                break
        while self.stack and RANKS.get(self.stack[-1].style, 7) >= least:
            self.stack.pop()
        return self.stack[-1] if self.stack else None

    def _level(self, mark: Mark) -> int | None:
        """The level of the stack that `mark` continues."""
        for level in range(len(self.stack) - 1, -1, -1):
            node = self.stack[level]
            if node.style != mark.style:
                continue
            step = mark.value - node.value
            if step == 1 or (
                mark.at_line and (1 < step <= _SKIP or (step == 0 and mark.value > 1))
            ):
                return level
        return None

    def _starts_here(self, index: int, mark: Mark) -> bool:
        """Whether a mark that continues nothing open begins a new list."""
        if mark.value == 1:
            if mark.at_line and mark.style in (
                *HIGH,
                "cn-dun",
                "条",
                "cn-paren",
            ):
                self._reset_for_second_document(mark)
                return True
            if mark.at_line and mark.style == "款":
                return True
            if mark.style == "cn-shi" or mark.style == "cn-first":
                return True
            return index in self.seconds or self._is_sole_item(mark)
        previous = self.last.get(mark.style)
        if previous is not None and mark.value == previous + 1:
            return mark.at_line or mark.style in ("cn-paren", "条") or self._runs_on(mark)
        if mark.at_line and mark.style == "ar-dot" and (previous is None or mark.value > previous):
            return index in self.seconds and bool(self.stack)
        if not mark.at_line or mark.style not in HEADINGS or previous is not None:
            return False
        if index in self.seconds:
            return True
        return not self.nodes and is_excerpt_head(self.seen, self.marks, index)

    def _is_sole_item(self, mark: Mark) -> bool:
        """A 1. alone, on the line right below a heading of its own line."""
        if not mark.at_line or mark.style != "ar-dot" or not self.stack:
            return False
        above = self.stack[-1]
        text = self.seen[above.mark.end : mark.start].strip("\n。")
        return (
            above.mark.at_line
            and RANKS.get(above.style, 7) < RANKS["ar-dot"]
            and (0 < len(text) <= 40 and not set("。;\n") & set(text))
        )

    def _runs_on(self, mark: Mark) -> bool:
        """7. right behind a sentence, in a text that lost its line breaks, numbered through."""
        return mark.style == "ar-dot" and self.seen[mark.start - 1] in "。;)】"

    def _reset_for_second_document(self, mark: Mark) -> None:
        if mark.style in ("章", "cn-dun") and self.stack and self.stack[0].style == mark.style:
            if self.stack[0].value >= 2:
                self.stack, self.last = [], {}

    def _parent_for(self, mark: Mark) -> Node | None:
        rank = RANKS.get(mark.style, 7)
        open_styles = [node.style for node in self.stack]
        if mark.style in open_styles:
            top = self.stack[-1]
            if top.style == mark.style or len(self.stack) >= _DEEPEST:
                return top.parent
            return top
        while self.stack and RANKS.get(self.stack[-1].style, 7) > rank:
            self.stack.pop()
        return self.stack[-1] if self.stack else None

    def _bullet(self, mark: Mark) -> None:
        for level in range(len(self.stack) - 1, -1, -1):
            if self.stack[level].style == "bullet":
                sibling = self.stack[level]
                self.stack = self.stack[:level]
                self._push(mark, sibling.parent, sibling.value + 1)
                return
        if self._is_lone_bullet(mark):
            return
        self._push(mark, self.stack[-1] if self.stack else None, 1)

    def _is_lone_bullet(self, mark: Mark) -> bool:
        """A dash that begins a subtitle or a list outside of clauses is no clause."""
        return not self.stack

    def _push(self, mark: Mark, parent: Node | None, value: int | None = None) -> None:
        number = mark.value if value is None else value
        label = f"—{number}" if mark.style == "bullet" else mark.label
        if mark.style == "heading":
            self.stack = []
            parent = None
        node = Node(mark, mark.style, number, label, parent, mark.start, annex=self.annex)
        if parent is None:
            self.stack = []
        else:
            parent.children.append(node)
            while self.stack and self.stack[-1] is not parent:
                self.stack.pop()
        self.stack.append(node)
        self.last[mark.style] = number
        if node.style in ("部分", "篇", "编", "章", "heading"):
            self.last = {
                node.style: number,
                **({"条": self.last["条"]} if "条" in self.last else {}),
            }
        self.nodes.append(node)


_ANNEX_HEAD = re.compile(r"(?:^|\n)(附(?:件|表|录)[\d一二三四五六七八九十]{0,2}):?(?=\n)")


def _close(nodes: list[Node], body_end: int) -> None:
    """Set where each clause ends: where the next one of its level or above begins."""
    stack: list[Node] = []
    for node in nodes:
        depth = 0
        parent = node.parent
        while parent is not None:
            depth, parent = depth + 1, parent.parent
        while len(stack) > depth:
            stack.pop().end = node.start
        stack.append(node)
    for node in stack:
        node.end = body_end
