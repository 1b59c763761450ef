"""The language reference of the pages: every example gives what it says, with every engine."""

from __future__ import annotations

from importlib.resources import files

import yaml

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
