"""The language reference of the pages: every example gives what it says, with every engine."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from miaopu.engine.expressions.errors import ExpressionError
from miaopu.engine.expressions.lower import lower_condition
from miaopu.engine.language import reference


def test_every_example_gives_what_the_page_says() -> None:
    shown = reference()
    for section in shown.sections:
        for example in section.examples:
            for trial in example.trials:
                found = shown.outcome(example, trial.facts)
                assert found == trial.gives, (example.source, trial.facts, found)
            assert example.reading.zh and example.reading.en
    tried = [len(one.trials) for section in shown.sections for one in section.examples]
    assert len(tried) > 15 and sum(tried) > 35


def test_every_mistake_is_told_at_its_character() -> None:
    data = yaml.safe_load((files("miaopu.engine") / "data" / "language.yaml").read_text("utf-8"))
    stated = {row["when"]: row["at"] for row in data["mistakes"]}
    assert {one.source: one.at for one in reference().mistakes} == stated
    for one in reference().mistakes:
        assert one.remedy.zh and one.remedy.en
        assert f"{one.at} 个字符" in one.message.zh


@pytest.mark.parametrize(
    ("typed", "wrong", "written"),
    [
        ("employees ≤ 20", "≤", "<="),
        ("employees ≥ 20", "≥", ">="),
        ("employees ≠ 20", "≠", "<>"),
        ("employees 不超过 20", "不超过", "<="),
        ("employees 不低于 20", "不低于", ">="),
        ("employees 超过 20", "超过", ">"),
        ("employees 低于 20", "低于", "<"),
        ("employees <= 20 且 technology_sme", "且", "and"),
        ("operating_revenue < 300万", "300万", "3000000"),
        ("operating_revenue < 1.5亿元", "1.5亿元", "150000000"),
    ],
)
def test_what_the_remedy_says_is_taken(typed: str, wrong: str, written: str) -> None:
    around = reference().surroundings
    with pytest.raises(ExpressionError) as refused:
        lower_condition(typed, around)
    assert f"{refused.value.remedy.en}:".startswith(f"write {written}:")
    lower_condition(typed.replace(wrong, written), around)
