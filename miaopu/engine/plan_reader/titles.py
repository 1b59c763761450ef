"""Titles of clauses."""

import re

from miaopu.engine.plan_reader.clauses import Tree
from miaopu.engine.plan_reader.folded import Folded

_SENTENCE_END = re.compile(r"[。;!?\n]|:(?!\d)")
# An article that speaks in whole sentences has no title.
_RULE = re.compile(r"^本|应当|分为|实行|采取|不得|是指|适用|由.+负责|自.+起")
_TITLE_LIMIT = 60
_LONGEST_WITH_FIGURES = 36
# （市科技局、各县〔市、区〕政府） behind a sentence is no further text.
_UNIT_MARK = re.compile(r"\([^()\n]{2,200}\)")


def title_of(folded: Folded, tree: Tree, index: int) -> str:
    """The title of clause `index`, to 。 ： or the line's end; none for one whole sentence."""
    node = tree.nodes[index]
    if node.style == "heading":
        return folded.clean(node.mark.start + 1, node.mark.end - 1)
    start = node.mark.end
    while start < node.end and folded.seen[start] in "、.,—-\t ":
        start += 1
    own_end = tree.own_end(index)
    if start >= own_end:
        return ""
    found = _SENTENCE_END.search(folded.seen, start, own_end)
    end = found.start() if found else own_end
    if end <= start:
        return ""
    text = folded.seen[start:end]
    rest = _UNIT_MARK.sub("", folded.seen[end + 1 : own_end])
    more = bool(rest.strip("\n。")) or bool(node.children)
    stop = found.group() if found else "\n"
    if (
        stop == ";"
        or len(text) > _TITLE_LIMIT
        or (stop in "。!?" and (not more or text.endswith("的")))
    ):
        return ""
    if (
        node.style == "条"
        and stop == "。"
        and ("," in text or len(text) > 24 or _RULE.search(text))
    ):
        return ""
    if "," in text and stop != "\n" and not _is_heading(text):
        return ""
    if node.style == "ar-dot" and stop == "。" and re.search(r"\d", text):
        if "," in text or len(text) > _LONGEST_WITH_FIGURES:
            return ""
    return folded.clean(start, end)


def _is_heading(text: str) -> bool:
    """Whether a text with a comma, before 。, is two short slogans rather than a sentence."""
    parts = text.split(",")
    return len(text) <= 30 and len(parts) <= 3 and all(2 <= len(part) <= 14 for part in parts)
