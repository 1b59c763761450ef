"""The numbers that Word generates: counters per list and level, in Chinese and other formats."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"


@dataclass
class Level:
    """How one level of a list is numbered."""

    style: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass
class Numbering:
    """The lists of a document; `mark` gives the next number of a paragraph."""

    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    counters: dict[str, dict[int, int]] = field(default_factory=dict)

    def mark(self, number: str, depth: int) -> str:
        """The printed number of the next paragraph of list `number` at level `depth`."""
        abstract = self.lists.get(number)
        level = self.levels.get((abstract or "", depth))
        if abstract is None or level is None or number == "0":
            return ""
        counts = self.counters.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if level.style == "bullet":
            return "——"
        if level.style == "none":
            return ""
        text = level.text
        for place in range(depth + 1):
            shown = self.levels.get((abstract, place), level)
            count = counts.get(place, shown.start)
            text = text.replace(f"%{place + 1}", _shown(count, shown.style))
        return text


def read_numbering(root: Element | None) -> Numbering:
    """The lists defined in `word/numbering.xml`."""
    numbering = Numbering()
    if root is None:
        return numbering
    for abstract in root.iter(f"{W}abstractNum"):
        name = abstract.get(f"{W}abstractNumId", "")
        for level in abstract.iter(f"{W}lvl"):
            depth = _int(level.get(f"{W}ilvl"), 0)
            numbering.levels[name, depth] = Level(
                _value(level, "numFmt", "decimal"),
                _value(level, "lvlText", ""),
                _int(_value(level, "start", "1"), 1),
            )
    for one in root.iter(f"{W}num"):
        numbering.lists[one.get(f"{W}numId", "")] = _value(one, "abstractNumId", "")
    return numbering


def number_of(properties: Element | None) -> tuple[str, int] | None:
    """List and level that paragraph (or style) properties name."""
    found = properties.find(f"{W}numPr") if properties is not None else None
    if found is None:
        return None
    return _value(found, "numId", "0"), _int(_value(found, "ilvl", "0"), 0)


def _value(element: Element, name: str, default: str) -> str:
    found = element.find(f"{W}{name}")
    return default if found is None else found.get(f"{W}val", default)


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


def _shown(count: int, style: str) -> str:
    if style in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCountingThousand",
        "ideographDigital",
        "koreanCounting",
        "taiwaneseCounting",
    ):
        return _chinese(count)
    if style == "chineseLegalSimplified" and 0 < count < 10:
        return _LEGAL[count]
    if style.startswith("decimalEnclosedCircle") and 0 < count <= 20:
        return chr(ord("①") + count - 1)
    if style in ("decimalEnclosedParen", "decimalParenthesis") and 0 < count <= 20:
        return f"({count})"
    if style == "decimalEnclosedFullstop":
        return f"{count}."
    if style in ("lowerLetter", "upperLetter") and 0 < count <= 26:
        letter = chr(ord("a") + count - 1)
        return letter.upper() if style == "upperLetter" else letter
    if style == "ideographTraditional" and 0 < count <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[count - 1]
    return str(count)


def _chinese(count: int) -> str:
    if not 0 < count < 1000:
        return str(count)
    hundreds, rest = divmod(count, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_DIGITS[ones] if ones else "")
