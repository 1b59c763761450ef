"""What kind of document a title says it is."""

from __future__ import annotations

_ENDINGS = {
    "rules": ("实施细则", "细则"),
    "measure": ("办法", "规定"),
    "law": ("条例", "法"),
    "plan": ("方案", "规划", "计划", "纲要"),
    "opinion": ("意见", "措施"),
    "guide": ("指南",),
}


def kind_of_title(title: str) -> str:
    """The kind (a value of plans.DocumentKind) by the last words; a notice where they say none."""
    plain = title.split("（")[0].split("(")[0].strip()
    return next((kind for kind, words in _ENDINGS.items() if plain.endswith(words)), "notice")
