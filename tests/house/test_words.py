"""What must not stand in the repository: machine paths, registries, loose ends, plan sentences."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, Source, listed, sources

THIS = "tests/house/test_words.py"

FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w./<>-])/(?:work|root|home)/\w"),
    "a registry host": re.compile(
        r"pypi\.org|pythonhosted|pypi\.python|npmjs|npmmirror|yarnpkg|proxy\.golang|crates\.io"
        r"|(?:extra-)?index-url\s*[=:]?\s*http|https?://\S+/simple\b|registry\s*=\s*http"
    ),
}
LOOSE_END = re.compile(r"\b(?:TODO|FIXME|XXX)\b")


def forbidden_words(source: Source) -> list[str]:
    """Forbidden words of a file that people wrote."""
    problems = []
    for number, line in enumerate(source.text.splitlines(), start=1):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                problems.append(source.at(number, f"{what}: {line.strip()[:80]}"))
        if LOOSE_END.search(line):
            problems.append(source.at(number, f"a loose end: {line.strip()[:80]}"))
    return problems


def test_no_forbidden_words() -> None:
    files = [one for one in sources() if not one.is_vendored and one.path != THIS]
    assert len(files) > 100
    problems = [line for source in files for line in forbidden_words(source)]
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("open('/work/main/x')", 1),
        ("# see /root/notes", 1),
        ("cd /home/someone", 1),
        ("path('/my/home/x')", 0),
        ("miaopu/work/x", 0),
        ("--index-url https://example.org/simple", 1),
        ("files.pythonhosted.org", 1),
        ("registry=https://example.org", 1),
        ("# TODO later", 1),
        ("x = 1  # FIXME", 1),
        ("a todo list", 0),
    ],
)
def test_forbidden_words_are_found(line: str, found: int) -> None:
    assert len(forbidden_words(Source("docs/x.md", f"first\n{line}\n"))) == found


# ---------------------------------------------------------------- no sentence of the plans

SHARED = ROOT.parent / "shared"
RUN = 16
_CJK = "\u3400-\u9fff"
_TITLE = re.compile(r"《[^《》]{1,80}》")
_NOTHING = re.compile(r"[\s,.;:、，。；：！？·\"'“”‘’「」()（）\[\]【】〔〕—…*_`-]+")
_CHINESE = re.compile(f"[{_CJK}]{{{RUN},}}")
# Names of documents that may stand without 《》, where a pack or a page cites them.
TITLES: tuple[str, ...] = (
    "2012年赣州市小企业创业基地建设工作方案",
    "太原市小微企业创业创新基地城市示范工作实施方案",
    "新疆维吾尔自治区“大众创业、万众就业”行动方案",
)


def runs(text: str) -> Iterator[tuple[int, str]]:
    """Every run of 16 Chinese characters within a line, over punctuation, outside titles."""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = _TITLE.sub("#", line)
        for title in TITLES:
            bare = bare.replace(title, "#")
        for found in _CHINESE.findall(_NOTHING.sub("", bare)):
            for start in range(len(found) - RUN + 1):
                yield number, found[start : start + RUN]


def borrowed(files: Iterable[Source], plans: Iterable[str]) -> list[str]:
    """Lines of the files that share a run of 16 Chinese characters with a plan."""
    known = {run for plan in plans for _, run in runs(plan)}
    problems: dict[tuple[str, int], str] = {}
    for source in files:
        for number, run in runs(source.text):
            if run in known:
                problems.setdefault((source.path, number), source.at(number, f"of a plan: {run}"))
    return list(problems.values())


def test_no_sentence_of_the_plans() -> None:
    seeds = sorted(Path(SHARED, "seeds").glob("*.txt"))
    if not seeds:
        assert os.environ.get("CI") != "true", f"{SHARED.name}/seeds is missing: not checked"
        pytest.skip("the plans are not here")
    files = [one for one in sources() if not one.path.startswith("tests/house/")]
    plans = [path.read_text(encoding="utf-8") for path in seeds]
    problems = borrowed([one for one in files if not one.is_vendored], plans)
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("每户补助四万五千元，由省市县三级按比例分担", 1),
        ("“每户补助四万五千元” 由省、市、县三级按", 1),
        ("每户补助四万五千元由省市县三级", 0),
        ("见《每户补助四万五千元由省市县三级按比例分担》", 0),
        ("每户补助 45000 元由省市县三级按比例分担", 0),
    ],
)
def test_borrowed_sentences_are_found(line: str, found: int) -> None:
    plan = "一、条件\n对新办企业每户补助四万五千元,由省、市、县三级按比例分担。\n"
    assert len(borrowed([Source("docs/x.md", f"# 说明\n{line}\n")], [plan])) == found
