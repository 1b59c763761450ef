"""Refusals of documents: what is wrong, and what to do about it."""

from miaopu.engine.messages import Bilingual, EngineError

SPLIT = Bilingual("请拆分文件，或只保留正文", "split it, or keep only the plan's own text")


class DocumentRefused(EngineError):
    """A file that cannot be read as a plan."""


def refused(zh: str, en: str, remedy_zh: str, remedy_en: str) -> DocumentRefused:
    """The error to raise: what is wrong and the remedy, in both languages."""
    return DocumentRefused(Bilingual(zh, en), Bilingual(remedy_zh, remedy_en))


def too_large(limit: str) -> DocumentRefused:
    """The refusal of what exceeds a bound, such as `32 MB`."""
    return DocumentRefused(
        Bilingual(f"文件过大，上限为 {limit}", f"too large, the limit is {limit}"), SPLIT
    )
