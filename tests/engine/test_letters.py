"""Decision letters: what they say, the same bytes each time, and rare names that survive."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from miaopu.engine.letters.content import Letter, Share, chinese_day
from miaopu.engine.letters.pdf import letter_pdf, shown
from miaopu.engine.letters.word import letter_docx

GRANT = Letter(
    kind="grant",
    number="云岩扶决〔2018〕12号",
    office="云岩区微型企业扶持办公室",
    day=date(2018, 6, 1),
    enterprise="贵阳苗岭1号商行",
    uscc="91520103MA6DJ12345",
    case="201852010000001",
    programme="贵阳市2018年微型企业扶持计划",
    item="微型企业直接补助",
    clause="二",
    clauses=("二", "三/(二)"),
    amount_fen=4_500_000,
    shares=(
        Share("province", "贵州省", 3_150_000),
        Share("city", "贵阳市", 450_000),
        Share("county", "云岩区", 900_000),
    ),
    reasons=("是微型企业：微型", "在贵阳市：云岩区"),
    conditions=("一年内计划带动就业人数：5",),
    publicity="guiyang-2018-520103-0001",
    publicity_digest="ab" * 32,
    publicity_from=date(2018, 5, 14),
    publicity_to=date(2018, 5, 18),
)
REFUSAL = replace(
    GRANT, kind="refusal", amount_fen=None, shares=(), conditions=(), publicity="",
    publicity_digest="", publicity_from=None, publicity_to=None, reasons=("经营项目尚未成熟",),
)  # fmt: skip
RARE = (
    "喆堃玥瑄昇犇镕骉祎珺旸翀璟韡赟暠嬿燊珅煊喬哲淼垚晙珂琨璐瓒瓛甯皓皞睿瞐砺硙磊祐禛禤穈穠"
    "筱箬篪簃翾聿芃芮苡苒荇荻莙莳菡萁葳蒯蓁蔺薏藜蘅虓虢衎衢裒覃訚諴贇赜跶蹇轶迦逯邈郗鄢酆釡"
    "銎鋆錡鑫閎䶮㛃䴙𬱖𬀩𬍛𫍯𫖯㑇𫟼𫓧𬬻𬭚𬸪"
)


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def flat(text: str) -> str:
    """Without the breaks and blanks that a page needs."""
    return "".join(text.split())


def words(docx: bytes) -> str:
    return "".join(one.text for one in Document(io.BytesIO(docx)).paragraphs)


FACTS = [
    *("云岩扶决〔2018〕12号", "云岩区微型企业扶持办公室", "2018年6月1日", "贵阳苗岭1号商行"),
    *("91520103MA6DJ12345", "201852010000001", "微型企业直接补助", "依据条款：二、三/(二)"),
    *("45,000.00", "人民币肆万伍仟元整", "31,500.00", "4,500.00", "9,000.00", "ab" * 32),
    *("guiyang-2018-520103-0001", "2018年5月14日", "60日内", "6个月内", "计划带动就业人数：5"),
]


def test_both_forms_say_the_same_facts() -> None:
    in_pdf, in_word = flat(text_of(letter_pdf(GRANT))), flat(words(letter_docx(GRANT)))
    for fact in FACTS:
        assert flat(fact) in in_pdf, fact
        assert flat(fact) in in_word, fact


def test_a_refusal_says_why_and_what_can_be_done() -> None:
    for text in (text_of(letter_pdf(REFUSAL)), words(letter_docx(REFUSAL))):
        plain = flat(text)
        for fact in ("不予扶持", "经营项目尚未成熟", "行政复议", "行政诉讼"):
            assert fact in plain
        assert "大写" not in plain and "公示" not in plain and "45,000" not in plain


@pytest.mark.parametrize("letter", [GRANT, REFUSAL], ids=["grant", "refusal"])
def test_the_same_letter_gives_the_same_bytes(letter: Letter) -> None:
    again = Letter.from_json(letter.to_json())
    assert again == letter
    assert letter_pdf(letter) == letter_pdf(again)
    assert letter_docx(letter) == letter_docx(again)


def test_the_page_is_a4_and_its_font_embedded() -> None:
    reader = PdfReader(io.BytesIO(letter_pdf(GRANT)))
    page = reader.pages[0]
    width, height = (float(side) / 72 * 25.4 for side in page.mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        [inner] = font["/DescendantFonts"]
        descriptor = inner.get_object()["/FontDescriptor"].get_object()
        assert "MiaopuLetter" in descriptor["/FontName"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_word_has_the_margins_and_fonts_of_official_documents() -> None:
    document = Document(io.BytesIO(letter_docx(GRANT)))
    section = document.sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    sides = [round(side.mm) for side in (section.top_margin, section.left_margin)]
    assert sides == [37, 28]
    body = next(one for one in document.paragraphs if "统一社会信用代码" in one.text)
    assert body.runs[0].font.name == "仿宋_GB2312" and body.runs[0].font.size.pt == 16


def test_a_hundred_rare_characters_survive() -> None:
    assert len(set(RARE)) >= 100
    letter = replace(GRANT, enterprise=f"贵阳{RARE}商行")
    assert RARE in flat(text_of(letter_pdf(letter)))
    assert RARE in flat(words(letter_docx(letter)))


def test_what_the_font_lacks_is_named_not_boxed() -> None:
    assert shown("王𪚥") == "王〔U+2A6A5〕"
    letter = replace(GRANT, enterprise="𪚥龘商行")
    assert "〔U+2A6A5〕龘商行" in flat(text_of(letter_pdf(letter)))
    assert "𪚥龘商行" in words(letter_docx(letter))


@pytest.mark.parametrize(
    "name",
    [
        '#import "x"', "$x^2$ *b* _i_ `c`", "\\u{1F600} @label <tag>", "<script>alert(1)</script>",
        "&lt;w:p/&gt;", "a\x00b\x08c\u202ed", "]] #panic()", "{{ x }} {% y %}", "商" * 300,
    ],
)  # fmt: skip
def test_no_text_is_taken_for_markup(name: str) -> None:
    letter = replace(GRANT, enterprise=name, reasons=(name,), conditions=(name,))
    plain = flat("".join(sign for sign in name if sign.isprintable() and sign != "\u202e"))
    assert plain in flat(text_of(letter_pdf(letter)))
    assert plain in flat(words(letter_docx(letter)))


def test_days_are_in_arabic_numerals() -> None:
    assert chinese_day(date(2018, 10, 9)) == "2018年10月9日"
