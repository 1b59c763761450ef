"""How a base stands against the standards of a programme, and what people answered about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from miaopu.bases.enums import BaseState
from miaopu.bases.figures import figures_of
from miaopu.bases.inspection_enums import InspectionVerb
from miaopu.bases.models import Base, StandardAnswer, Tenancy
from miaopu.bases.visit_actions import versions_for
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import User
from miaopu.core.scope import reaches
from miaopu.engine.matching import Explanation
from miaopu.engine.packs.base_parts import BaseStandard
from miaopu.parties.facts import iterate_known_facts, values
from miaopu.parties.models import Enterprise
from miaopu.plans.models import ProgrammeVersion

ANSWERING = frozenset({Role.REVIEWER, Role.APPROVER, Role.PROGRAMME_OFFICER})
LARGEST = 1_000_000_000


@dataclass(frozen=True)
class StandardView:
    """A standard for a base: met, unmet or unknown, with the reasons and who answered what."""

    version: ProgrammeVersion
    key: str
    standard: BaseStandard
    found: Explanation
    facts: Mapping[str, object]
    answers: Mapping[str, StandardAnswer]

    @property
    def is_met(self) -> bool:
        """Only true is met; unknown is not."""
        return self.found.status == "true"


def base_facts(base: Base, today: date) -> dict[str, object]:
    """What the system knows of a base, by the names of BASE_FACTS; areas in whole m².

    A sum over the tenants is unknown (absent) while the figure of one of them is.
    """
    found = figures_of([base])[base.pk]
    live = Tenancy.objects.live().filter(base=base, enterprise__isnull=False)
    enterprises = Enterprise.objects.filter(pk__in=live.values("enterprise"))
    rows = [values(known) for _enterprise, known in iterate_known_facts(enterprises, today)]
    facts: dict[str, object] = {
        "opened_on": base.opened_on,
        "floor_area": int(base.floor_area),
        "incubation_area": int(base.incubation_area),
        "workshop_area": int(base.workshop_area),
        "let_area": int(found.let_area),
        "service_staff": base.service_staff,
        "coaches": base.coaches,
        "tenants": found.tenants,
        "graduates": found.graduated,
    }
    if all(row.get("size") is not None for row in rows):
        facts["small_enterprises"] = sum(row["size"] in ("micro", "small") for row in rows)
    staff = [row.get("employees") for row in rows]
    known = [one for one in staff if isinstance(one, int)]
    if len(known) == len(staff):
        facts["employees"] = sum(known)
    return facts


def last_answers(base: Base, version: ProgrammeVersion, key: str) -> dict[str, StandardAnswer]:
    """The answers that count for a standard of the programme, by question."""
    rows = StandardAnswer.objects.filter(base=base, programme=version.programme_id, standard=key)
    return {row.question: row for row in rows.select_related("answered_by").order_by("pk")}


def standards_for(base: Base, today: date) -> list[StandardView]:
    """Every standard for the base's kind in the versions in force, those of admission first."""
    wanted = [
        (version, key, standard)
        for version in versions_for(base)
        for key, standard in version.pack.base_standards.items()
        if not standard.carriers or base.carrier_type in standard.carriers
    ]
    if not wanted:
        return []
    facts = base_facts(base, today)
    views = []
    for version, key, standard in sorted(wanted, key=lambda one: one[2].use != "admission"):
        answers = last_answers(base, version, key)
        given = {name: row.value for name, row in answers.items()}
        found = standard.explain(key, facts, given, today)
        views.append(StandardView(version, key, standard, found, facts, answers))
    return views


def unmet_for_admission(base: Base, today: date) -> list[StandardView]:
    """The standards of admission that the base does not meet, or of which that is not known."""
    return [
        one
        for one in standards_for(base, today)
        if one.standard.use == "admission" and not one.is_met
    ]


def check_admission(base: Base, despite: str) -> dict[str, Any]:
    """What the event of a selection or an acceptance keeps about the standards.

    Raises ActionRefused where a standard is unmet or unknown and `despite` says no reason.
    """
    unmet = unmet_for_admission(base, clock.today())
    if not unmet:
        return {}
    if not despite.strip():
        raise ActionRefused(
            _("准入标准没有全部符合：%(titles)s")
            % {"titles": _("、").join(str(one.standard.title.zh) for one in unmet)},
            _("请先核实，或写明仍然通过的理由"),
        )
    return {
        "despite": despite.strip(),
        "standards": {one.key: {"status": one.found.status, "of": one.version.pk} for one in unmet},
    }


@transaction.atomic
def answer_standard(
    base: Base, version: ProgrammeVersion, key: str, given: Mapping[str, object], *, by: User
) -> list[StandardAnswer]:
    """Answer what the system does not know about a base; what has not changed is not kept again.

    Raises NotAllowed outside the user's region, ActionRefused for an answer that is none.
    """
    if not reaches(by, base.region_id, ANSWERING):
        raise NotAllowed(_("准入标准由县区和市级核实"), _("请由有权限的人员办理"))
    standard = version.pack.base_standards.get(key)
    if standard is None or base.state == BaseState.LEFT:
        raise ActionRefused(_("这项标准不适用"), _("请刷新页面"))
    earlier = {name: row.value for name, row in last_answers(base, version, key).items()}
    kept = []
    for name, value in given.items():
        kind = standard.asked.get(name)
        whole = type(value) is int and 0 <= value <= LARGEST
        if kind is None or not (type(value) is bool if kind == "boolean" else whole):
            raise ActionRefused(_("回答的格式不对"), _("请填写整数，或选择是与否"))
        if name not in earlier or earlier[name] != value:
            row = StandardAnswer(
                programme=version.programme, base=base, standard=key, question=name,
                value=value, answered_by=by, answered_at=clock.now(),
            )  # fmt: skip
            row.save()
            kept.append(row)
    if kept:
        record_event(
            base,
            InspectionVerb.ANSWER_STANDARD,
            by=by,
            region=base.region_id,
            data={"standard": key, "answers": {row.question: row.value for row in kept}},
        )
    return kept
