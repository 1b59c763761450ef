"""Make the font of the letters: Noto Serif SC Regular without what letters never show.

    npm pack @expo-google-fonts/noto-serif-sc && tar xzf expo-google-fonts-noto-serif-sc-*.tgz
    python tools/make_letter_font.py package

Kept are the Chinese characters of GB 2312, GBK and the two-byte part of GB 18030, the rare ones of
the table of general standard characters (2013) and those beyond the basic plane, Latin letters,
figures and punctuation; dropped are kana, bopomofo, hangul, other alphabets, hinting and vertical
forms. Beside it stands what it covers, so that a letter never shows an empty box. The same package
gives the same bytes.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parent.parent / "miaopu/engine/letters/fonts"
NAME = "MiaopuLetter-Regular.ttf"
KEPT = (
    *((0x20, 0x7E), (0xA0, 0xFF), (0x2010, 0x203B), (0x20AC, 0x20AC), (0x2103, 0x2103)),
    *((0x2116, 0x2116), (0x2160, 0x217F), (0x2190, 0x2193), (0x2200, 0x22A5), (0x2460, 0x249B)),
    *((0x25A0, 0x25CF), (0x2605, 0x2606), (0x3000, 0x301F), (0x3220, 0x3229)),
    *((0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF01, 0xFFE5)),
    (0x20000, 0x323AF),
)
# Of extension A the table of general standard characters has these, beside those of GB 18030.
GENERAL = (
    "㛃㛚㛹㟃㠇㥄㬊㬎㭕㮾㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛"
    "䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䶮"
)
EXTENSION_A = range(0x3400, 0x4DC0)
FAMILY_IDS = (1, 3, 4, 6, 16)


def _kept() -> set[int]:
    """The characters that stay, as far as the font has them."""
    kept = {code for first, last in KEPT for code in range(first, last + 1)}
    kept |= {code for code in EXTENSION_A if len(chr(code).encode("gb18030")) == 2}
    return kept | {ord(sign) for sign in GENERAL}


def _ranges(codes: list[int]) -> str:
    """Sorted codes as lines "first-last" in hex."""
    lines: list[list[int]] = []
    for code in codes:
        if lines and code == lines[-1][1] + 1:
            lines[-1][1] = code
        else:
            lines.append([code, code])
    return "".join(f"{first:X}-{last:X}\n" for first, last in lines)


def main() -> None:
    """Read the package's folder and write the font with its licence."""
    package = Path(sys.argv[1])
    font = TTFont(package / "400Regular" / "NotoSerifSC_400Regular.ttf", recalcTimestamp=False)
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "STAT", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(_kept()))
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in FAMILY_IDS:
            record.string = "MiaopuLetter" if record.nameID in (3, 6) else "Miaopu Letter"
    TARGET.mkdir(parents=True, exist_ok=True)
    font.save(TARGET / NAME)
    covered = sorted(font.getBestCmap())
    (TARGET / "coverage.txt").write_text(_ranges(covered), encoding="ascii")
    licence = (package / "LICENSE_FONT").read_bytes()
    (TARGET / "OFL.txt").write_bytes(licence)
    print(f"{NAME}: {len(covered)} characters, {(TARGET / NAME).stat().st_size} bytes")


if __name__ == "__main__":
    main()
