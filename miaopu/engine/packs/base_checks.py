"""Checks of what a programme asks of bases: ids, names, expressions of the standards."""

from collections.abc import Mapping

from miaopu.engine.definitions.pieces import error_at
from miaopu.engine.definitions.positions import Document
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.messages import Bilingual
from miaopu.engine.packs.base_parts import BASE_FACTS
from miaopu.engine.packs.schema import Pack
from miaopu.engine.rule_checks import check_rule, repeated

Documents = Mapping[str, Document]


def check_base_parts(pack: Pack, documents: Documents) -> list[PackError]:
    """Errors for ids used twice, questions that hide a figure, expressions that cannot be read."""
    errors = repeated([one.id for one in pack.inspections], documents, ("inspections",))
    for number, inspection in enumerate(pack.inspections):
        ids = [one.id for one in inspection.items]
        errors += repeated(ids, documents, ("inspections", number, "items"))
    for name, survey in pack.surveys.items():
        ids = [one.id for one in survey.questions]
        errors += repeated(ids, documents, ("surveys", name, "questions"))
    for name, scheme in pack.base_titles.items():
        if scheme.counts_into is not None and scheme.counts_into not in pack.indicators:
            errors.append(
                error_at(
                    documents,
                    ("base_titles", name, "counts_into"),
                    Bilingual("没有这个指标", "there is no such indicator"),
                    Bilingual("写 indicators 中的一个", "name one of indicators"),
                )
            )
    for name, standard in pack.base_standards.items():
        path = ("base_standards", name)
        decided = {one.id for one in standard.conditions if one.decide is not None}
        for question in standard.questions:
            if question in BASE_FACTS or question in decided:
                errors.append(
                    error_at(
                        documents,
                        (*path, "questions", question),
                        Bilingual(f"{question} 已另有含义", f"{question} means something already"),
                        Bilingual("换一个编号", "choose another id"),
                    )
                )
        rule_set = standard.rule_set(name)
        around = rule_set.surroundings(pack.period.end)
        errors += check_rule(rule_set.rules[0], around, documents, path)[0]
    return errors
