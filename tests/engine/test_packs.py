"""Packs: Guiyang 2018 as it stands, and what a check finds in packs that are not right."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miaopu.engine.definitions.positions import MAX_BYTES, _built_plainly, read_text
from miaopu.engine.matching import explain_one
from miaopu.engine.money import split
from miaopu.engine.packs.load import PackRefused, check_pack, load_pack
from miaopu.engine.packs.schema import Pack

GUIYANG = Path(__file__).parents[2] / "programmes" / "guiyang-2018"
DAY = date(2018, 6, 30)
Change = Callable[[str, str, str], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """A copy of the pack in which one text of one file is another."""
    folder = tmp_path / "pack"
    shutil.copytree(GUIYANG, folder)

    def change(file: str, old: str, new: str) -> Path:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change


def test_guiyang_2018_has_neither_errors_nor_findings() -> None:
    check = check_pack(GUIYANG)
    assert check.errors == ()
    assert check.findings == ()


def test_guiyang_2018_says_what_the_plan_says() -> None:
    pack = load_pack(GUIYANG)
    item = pack.items["direct_subsidy"]
    assert len(pack.clauses) == 17
    assert split(4_500_000, list(item.shares.values())) == (3_150_000, 450_000, 900_000)
    targets = {target.id: target for target in pack.targets}
    assert targets["enterprises"].value == "3500"
    assert targets["jobs"].value == "11000"
    bases = [target for target in pack.targets if target.indicator == "demonstration_bases"]
    assert [(base.value, base.upper) for base in bases] == [("1", "2")] * 14
    money = {name: sum(b.amount_fen for b in pack.budgets if b.item == name) for name in pack.items}
    assert money == {
        "direct_subsidy": 1_200 * 4_500_000,
        "follow_up_support": 600 * 5_000_000,
    }
    assert all(budget.illustrative for budget in pack.budgets)
    assert all(step.illustrative for step in item.steps)
    assert item.steps_by_id["review"].working_days == 10
    assert set(item.steps_by_id["pay"].not_same_as) == {"approve", "decide"}
    assert len(item.examples) >= 8
    assert {condition.clause for condition in item.conditions} == {"二"}


def test_follow_up_of_guiyang_2018_says_what_the_plan_says() -> None:
    pack = load_pack(GUIYANG)
    item = pack.items["follow_up_support"]
    assert item.amount is None
    assert item.amount_decided is not None
    assert item.amount_decided.average_fen == 5_000_000
    assert dict(item.shares) == {"city": 3, "county": 7}
    assert split(5_000_000, list(item.shares.values())) == (1_500_000, 3_500_000)
    assert {condition.clause for condition in item.conditions} == {"二", "四/(三)"}
    recorded = pack.items["direct_subsidy"].records
    assert recorded is not None
    assert recorded.fact in (item.conditions[0].when or "")
    reserved = {b.region for b in pack.budgets if b.item == "follow_up_support"} - {"520100"}
    assert reserved == {b.region for b in pack.budgets if b.level == "county"}
    assert len(reserved) == 14  # every county and zone reserves its part (三/(一))
    assert all(step.illustrative for step in item.steps)
    assert len(item.examples) >= 6


def test_the_pack_travels_as_json() -> None:
    pack = load_pack(GUIYANG)
    again = Pack.from_json(json.loads(json.dumps(pack.to_json())))
    assert again == pack
    assert again.digest == pack.digest
    assert len(pack.digest) == 64
    other = pack.model_copy(update={"region": "520200"})
    assert Pack.from_json(other.to_json()).digest != pack.digest


def test_rules_of_a_pack() -> None:
    pack = load_pack(GUIYANG)
    rules = pack.rule_set(DAY)
    assert pack.rule_set(DAY) is rules
    facts = {"size": "micro", "region": "520191", "founder_group": "veteran"}
    explained, follow_up = explain_one(rules, facts, DAY, {"direct_subsidy.mature": True})
    assert follow_up.status == "false"
    assert (explained.status, explained.amount_fen) == ("true", 4_500_000)
    assert explained.priority_points == 10
    assert [node.title.en for node in explained.tree.children if node.title] == [
        "is a micro enterprise",
        "is in Guiyang",
        "is mature",
    ]


def test_texts_choose_their_language() -> None:
    title = load_pack(GUIYANG).clauses["三/(二)"].title
    assert title.in_language("en") == "Key groups first"
    assert title.in_language("zh-hans") == "重点人群优先"


SUBSIDY = "items/direct_subsidy.yaml"
FOLLOW_UP = "items/follow_up_support.yaml"


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "remedy"),
    [
        (
            SUBSIDY,
            "    outcome: award",
            "    outcom: award",
            "items.direct_subsidy.outcom",
            "outcome",
        ),
        (SUBSIDY, "outcome: award", "outcome: awards", "items.direct_subsidy.outcome", "award"),
        (SUBSIDY, "size = 'micro'", "size = 'micor'", "conditions[0].when", "micro"),
        (SUBSIDY, "'5201'", "'5299'", "conditions[1].when", "zones"),
        (SUBSIDY, "clause: 三/(二)", "clause: 三/(二", "priority[0].clause", "三/(二)"),
        (SUBSIDY, "prefill: phone", "prefill: fone", "form[1].prefill", "phone"),
        (
            SUBSIDY,
            "role: finance_officer",
            "role: finance_office",
            "steps[5].role",
            "finance_officer",
        ),
        (SUBSIDY, "not_same_as: [review]", "not_same_as: [pay]", "steps[2].not_same_as", "earlier"),
        (SUBSIDY, "ask: [bank_name", "ask: [bank_nam", "offer.ask[0]", "bank_name"),
        (SUBSIDY, "bank_account, commitment]", "bank_account]", "offer.ask", "commitment"),
        (SUBSIDY, "        required: false", "        required: true", "offer", "optional"),
        (SUBSIDY, "id: review", "id: accept", "steps[1].id", "another"),
        (SUBSIDY, "working_days: 5", 'working_days: "5"', "steps[0].working_days", "without"),
        (SUBSIDY, 'amount: "45000"', 'amount: "45000 yuan"', "amount", ""),
        (SUBSIDY, "priority: 15", "priority: 16", "examples[0]", "correct"),
        (SUBSIDY, "{status: unknown, missing: [size]}", "{status: maybe}", "expect.status", "true"),
        (
            SUBSIDY,
            "{fact: direct_subsidy_paid_on}",
            "{fact: direct_subsidy_paid}",
            "items.direct_subsidy.records.fact",
            "direct_subsidy_paid_on",
        ),
        (SUBSIDY, "{fact: direct_subsidy_paid_on}", "{fact: employees}", "records.fact", "id"),
        (
            SUBSIDY,
            'amount: "45000"',
            'amount: "45000"\n    amount_decided: {average: "50000", clause: 二}',
            "items.direct_subsidy",
            "",
        ),
        (FOLLOW_UP, 'average: "50000"', 'average: "0"', "amount_decided.average", ""),
        (FOLLOW_UP, 'average: "50000"', 'average: "0.001"', "amount_decided.average", ""),
        (
            FOLLOW_UP,
            'average: "50000", clause: 二',
            'average: "50000"',
            "amount_decided.clause",
            "",
        ),
        ("facts.yaml", "type: money", "type: monney", "facts.operating_revenue.type", "money"),
        ("targets.yaml", "indicator: jobs", "indicator: jobbs", "targets[1].indicator", "jobs"),
        ("targets.yaml", 'region: "520102"', 'region: "520109"', "targets[2].region", "zones"),
        ("targets.yaml", "id: jobs", "id: enterprises", "targets[1].id", "another"),
        ("budgets.yaml", "item: direct_subsidy", "item: direct", "budgets[0].item", ""),
        ("budgets.yaml", 'region: "520102"', 'region: "520100"', "budgets[2].region", "county"),
        ("programme.yaml", 'code: "520191"', 'code: "520302"', "zones[0].code", "5201"),
        ("programme.yaml", "to: 2018-12-31", "to: 2017-12-31", "period", ""),
        ("programme.yaml", "en: Guiyang support", "fr: Guiyang support", "title.fr", "zh"),
        ("programme.yaml", "programme: g", "clauses: {}\nprogramme: g", "clauses", "keep one"),
        ("clauses.yaml", "en: Tasks}", "en: Tasks, seven}", "title.seven", "keys are"),
    ],
)
def test_errors_name_file_line_key_and_remedy(
    changed: Change, file: str, old: str, new: str, key: str, remedy: str
) -> None:
    folder = changed(file, old, new)
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    errors = [error for error in check_pack(folder).errors if error.key.endswith(key)]
    assert errors, check_pack(folder).errors
    assert any(remedy in error.remedy.en for error in errors)
    for error in errors:
        assert error.file in (file, "programme.yaml", "clauses.yaml")
        assert 1 <= error.line <= len(lines) or error.file != file
    with pytest.raises(PackRefused):
        load_pack(folder)


def test_a_typo_is_found_on_its_line(changed: Change) -> None:
    folder = changed(SUBSIDY, "working_days: 10", "working_day: 10")
    lines = (folder / SUBSIDY).read_text(encoding="utf-8").splitlines()
    (typo,) = [error for error in check_pack(folder).errors if error.key.endswith("working_day")]
    assert typo.file == SUBSIDY
    assert "working_day: 10" in lines[typo.line - 1]
    assert typo.remedy.en == "did you mean working_days?"


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("targets.yaml", "targets:", 'targets:\n  - {id: a, indicator: jobs, region: "520102", '
         'period: "2018", value: "10999", clause: 二}', "sum-mismatch"),
        ("targets.yaml", 'value: "11000"',
         'value: "11000", baseline: "10000", growth_percent: "9.9"', "growth-mismatch"),
        ("targets.yaml", 'period: "2018", value: "11000"', 'period: "2020", value: "11000"',
         "outside-period"),
        ("budgets.yaml", '"5400000"', '"5400000.01"', "share-mismatch"),
    ],
)  # fmt: skip
def test_findings(changed: Change, file: str, old: str, new: str, code: str) -> None:
    check = check_pack(changed(file, old, new))
    assert check.errors == ()
    assert [finding.code for finding in check.findings] == [code]
    assert check.findings[0].file == file


@pytest.mark.parametrize(
    "new",
    [
        'value: "11000", baseline: "10000", growth_percent: "10"',
        'value: "11000", baseline: "10000", growth_percent: "10.0"',
        'value: "11000", baseline: "10004", growth_percent: "10"',
    ],
)
def test_growth_within_the_printed_rounding_is_no_finding(changed: Change, new: str) -> None:
    assert check_pack(changed("targets.yaml", 'value: "11000"', new)).findings == ()


def test_an_item_in_two_files(changed: Change) -> None:
    folder = changed(SUBSIDY, "items:", "items:")
    shutil.copy(folder / SUBSIDY, folder / "items" / "other.yaml")
    (error,) = check_pack(folder).errors
    assert (error.file, error.key) == ("items/other.yaml", "items.direct_subsidy")


def test_no_folder_and_no_files(tmp_path: Path) -> None:
    assert check_pack(tmp_path / "nothing").errors
    assert check_pack(tmp_path).errors


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "a: !!python/object:os.system {}",
        "[" * 5000,
        "a: b\n---\nc: d",
        "? [a]\n: b",
        "a: \x07",
        "a: [1, 2",
        "a:\n\t- b",
    ],
)
def test_yaml_that_is_refused(text: str) -> None:
    assert read_text(text, "f.yaml").errors


def test_yaml_scalars_are_what_they_look_like() -> None:
    text = "{a: yes, b: 012, c: 1:30, d: 2018-01-31, e: 1.50, f: ~, g: true, h: '5', i: 2018-13-01}"
    data = read_text(text, "f").data
    assert isinstance(data, dict)
    assert [str(value) for value in data.values()] == (
        ["yes", "012", "1:30", "2018-01-31", "1.50", "None", "True", "5", "2018-13-01"]
    )


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# " + "x" * MAX_BYTES, encoding="utf-8")
    (tmp_path / "b.yaml").write_bytes(b"a: \xff")
    assert [error.file for error in check_pack(tmp_path).errors] == ["a.yaml", "b.yaml"]


_WORDS = "programme: title: items: - { } [ ] , 'x' \" a: 1 2018-01-01 true & * ! | > ? : #\n".split(
    " "
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*_WORDS, "\n", "  "])).map(" ".join))
)
def test_any_text_gives_errors_and_nothing_else(tmp_path: Path, text: str) -> None:
    (tmp_path / "pack.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    check = check_pack(tmp_path)
    assert check.pack is None
    assert check.errors
    assert all(error.line >= 1 and error.remedy.zh for error in check.errors)


@pytest.mark.parametrize(
    "text",
    [
        (GUIYANG / "programme.yaml").read_text(encoding="utf-8"),
        "a: {b?c: 1}\n",
        "a: {b: c\td}\n",
        "a:\t1\n",
        "a: |# b\n  c\n",
        "a: b\n\ufeff c: d\n",
        "a: [1, 2\n",
        "a: 1\n---\nb: 2\n",
        "a: &b 1\n",
        "- a\n- |\n  b\n\n- 'c\n  d'\n",
    ],
)
def test_both_readers_of_yaml_say_the_same(text: str) -> None:
    assert read_text(text, "x.yaml") == _built_plainly(text, "x.yaml")
