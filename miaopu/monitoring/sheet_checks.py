"""What keeps a score sheet from being handed on, line by line."""

from __future__ import annotations

from django.utils.translation import gettext as _

from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.engine.messages import Bilingual
from miaopu.monitoring.enums import Stage
from miaopu.monitoring.models import Score, ScoreFile, ScoreSheet
from miaopu.monitoring.sheets import ORDER, Line, by_line, lines_for, standing


class SheetRefused(ActionRefused):
    """A sheet that is not complete; `problems` has one for each line concerned."""

    status = 422

    def __init__(self, problems: dict[str, Bilingual]) -> None:
        super().__init__(
            _("评分表还有 %(count)s 处没有填好") % {"count": len(problems)},
            _("问题都写在各项下面；已填的内容都已保存"),
        )
        self.problems = problems


def wanting(sheet: ScoreSheet, stage: Stage, expert: User | None = None) -> dict[str, Bilingual]:
    """What is missing, by line: points, evidence, the reason of a change."""
    lines = lines_for(sheet, stage)
    given = by_line(Score.objects.filter(sheet=sheet))
    if expert is not None:
        own = {one.line: one for one in Score.objects.filter(sheet=sheet, expert=expert)}
        missing = Bilingual("请评分", "give points")
        return {
            line.key: missing
            for line in lines
            if line.wanted and (line.key not in own or own[line.key].value is None)
        }
    proved = set(ScoreFile.objects.kept().filter(sheet=sheet).values_list("line", flat=True))
    found = {line.key: _of(line, stage, given.get(line.key, {}), proved) for line in lines}
    return {key: problem for key, problem in found.items() if problem is not None}


def _unproved(line: Line, own: Score | None, proved: set[str]) -> bool:
    """Whether evidence is asked for points or a figure and is not there.

    What the records of tenants say needs none.
    """
    if line.evidence is None or own is None or not own.value or own.recorded:
        return False
    return line.key not in proved


def _of(line: Line, stage: Stage, scores: dict[str, Score], proved: set[str]) -> Bilingual | None:
    if line.wanted and standing(scores, stage) is None:
        if line.kind == "figure":
            return Bilingual("请填写数据，没有的填 0", "give the figure, 0 where there is none")
        return Bilingual("请评分", "give points")
    if stage == line.first_scorer and _unproved(line, scores.get(stage), proved):
        asked = line.evidence or Bilingual("", "")
        return Bilingual(f"请上传佐证材料：{asked.zh}", f"hand in the evidence: {asked.en}")
    if stage == Stage.SELF:
        return None
    own = scores.get(stage)
    if own is None or own.value is None or own.note:
        return None
    before = standing(scores, ORDER[ORDER.index(stage) - 1])
    if before is not None and before != own.value:
        return Bilingual("与上一级评分不同，请写明理由", "differs from the score before: say why")
    if line.kind in ("penalty", "veto") and own.value > 0:
        return Bilingual("扣分和否决须写明理由", "what is taken off or vetoed needs a reason")
    return None
