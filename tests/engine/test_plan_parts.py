"""What a plan states beside items: errors name their line, what does not add up is found."""

import shutil
from pathlib import Path

import pytest

from miaopu.engine.packs.load import PackCheck, check_pack

TAIYUAN = Path(__file__).parents[2] / "programmes" / "taiyuan-2015"


def changed(tmp_path: Path, file: str, old: str, new: str) -> PackCheck:
    """The check of Taiyuan's pack with one text of one file changed."""
    folder = tmp_path / "pack"
    shutil.copytree(TAIYUAN, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return check_pack(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "remedy"),
    [
        ("tasks.yaml", "[commerce]", "[comerce]", "responsible[0]", "commerce"),
        (
            "tasks.yaml",
            "reports_to: programme_office",
            "reports_to: office",
            "reports_to",
            "office",
        ),
        ("tasks.yaml", "due: 2017-H2", "due: 2018-H2", "milestones[0].due", "period"),
        ("tasks.yaml", "due: 2017-H2", "due: 2017-H3", "milestones[0].due", "correct"),
        ("tasks.yaml", "due: P3Y, after: {zh: 离岗, en: leaving the post}", "due: P3Y", "", ""),
        ("tasks.yaml", 'clause: "六/(三)/4"', 'clause: "六/(三)/40"', "clause", "六/(三)/4"),
        ("tasks.yaml", "every: quarter", "every: quarters", "every", "quarter"),
        ("funds.yaml", "space_matched]", "space_mached]", "parts[1]", "space_matched"),
        ("funds.yaml", "[space_above, space", "[space_all_2015, space", "sums", "parts"),
        ("funds.yaml", "fund: space_above", "fund: space_abov", "fund", "space_above"),
        ("funds.yaml", '["140191", ', '["149191", ', "regions[0]", "code"),
        ("targets.yaml", "part_of: firms", "part_of: firm", "part_of", "firms"),
        ("plan_findings.yaml", 'computed: "3736"', 'computed: "3737"', "plan_findings[0]", "drop"),
        ("assessments.yaml", "revenue_target)", "revenue_target", "points", ""),
    ],
)
def test_an_error_names_its_place_and_a_remedy(
    tmp_path: Path, file: str, old: str, new: str, key: str, remedy: str
) -> None:
    check = changed(tmp_path, file, old, new)
    assert check.pack is None
    found = [error for error in check.errors if error.key.endswith(key)]
    assert found, check.errors
    assert found[0].file == file
    assert found[0].line > 1
    assert remedy in found[0].remedy.en


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "grade"),
    [
        ("funds.yaml", 'amount: "55000000"', 'amount: "75000000"', "sum-mismatch", "error"),
        ("funds.yaml", '"287000000"', '"288000000"', "sum-mismatch", "error"),
        ("targets.yaml", 'value: "8.5"', 'value: "9.5"', "sum-mismatch", "error"),
        ("targets.yaml", 'value: "916"', 'value: "917"', "sum-mismatch", "error"),
        ("targets.yaml", 'increase: "968"', 'increase: "980"', "growth-mismatch", "error"),
        (
            "targets.yaml",
            'growth_percent: "44"',
            'growth_percent: "45"',
            "growth-mismatch",
            "error",
        ),
        (
            "targets.yaml",
            'annual_growth_percent: "13"',
            'annual_growth_percent: "12"',
            "growth-mismatch",
            "error",
        ),
        ("targets.yaml", 'percent: "5.7"', 'percent: "5.8"', "share-mismatch", "error"),
    ],
)
def test_what_no_longer_adds_up_is_found_as_the_packs(
    tmp_path: Path, file: str, old: str, new: str, code: str, grade: str
) -> None:
    check = changed(tmp_path, file, old, new)
    assert check.errors == ()
    found = [(one.code, one.grade) for one in check.findings if one.origin == "pack"]
    assert (code, grade) in found
    assert len([one for one in check.findings if one.origin == "plan"]) == 2
