"""From a reading whose items people have read to a running programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region, User
from miaopu.core.scope import region_prefix
from miaopu.engine.definitions.refusals import PackError
from miaopu.engine.drafting import places
from miaopu.engine.drafting.check import check_draft
from miaopu.engine.drafting.draft import Files, draft, zipped
from miaopu.engine.drafting.draft import suggested_years as years_of_document
from miaopu.engine.drafting.onward import onward
from miaopu.engine.drafting.pieces import WHOLE as WHOLE
from miaopu.engine.drafting.pieces import Choices, LeftOut, NewZone
from miaopu.engine.packs.load import PackCheck
from miaopu.engine.reference import regions
from miaopu.plans.actions import load_version
from miaopu.plans.enums import ReadingItemState, ReadingState, Verb
from miaopu.plans.followers import follow_version
from miaopu.plans.models import PlanReading, Programme, ProgrammeVersion
from miaopu.plans.reading_actions import check_may_read, lock_open
from miaopu.plans.reading_items import document_of
from miaopu.plans.reading_onward import NextVersion, base_of, check_seen
from miaopu.plans.tasks import start_matching

_LOADED = "# The pack as it was loaded from the reading desk.\n"
NEW_ZONE = "new"
LEAVE_OUT = "-"
_FIRST_ZONE = 91


@dataclass(frozen=True)
class Drafted:
    """The draft of a reading: its files, what is not in them, and what the check says.

    `following` says what it would be the next version of.
    """

    files: Files
    left_out: tuple[LeftOut, ...]
    check: PackCheck
    following: NextVersion | None = None


class DraftRefused(ActionRefused):
    """A draft with errors cannot become a programme; `errors` lists them."""

    status = 422

    def __init__(self, errors: tuple[PackError, ...]) -> None:
        super().__init__(
            ngettext("草稿有 %(count)s 处错误", "草稿有 %(count)s 处错误", len(errors))
            % {"count": len(errors)},
            _("请按每处的提示改正条目或填写的内容"),
        )
        self.errors = errors


class Unread(ActionRefused):
    """Nothing becomes a programme unread; `count` items are."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("还有 %(count)s 条没有读") % {"count": count}, _("请先逐条采用、改正或不采用")
        )
        self.count = count


def scopes_in(reading: PlanReading) -> list[str]:
    """The places that the targets in use are printed for, in the order of the text."""
    found = reading.items.used().filter(kind="target").in_order()
    scopes = (item.content.get("scope") for item in found if not item.content.get("reached"))
    return list(dict.fromkeys(str(scope) for scope in scopes if scope))


def suggested_place(scope: str, region: Region, zones: Mapping[str, str]) -> str:
    """What a printed place probably is: WHOLE, a code below the region, "" where nobody can say.

    `zones` are the region's own zones, code by name.
    """
    return places.suggested_place(scope, region.code, region.name, zones)


def suggested_years(reading: PlanReading) -> tuple[int, int] | None:
    """The years a programme of the items in use seems to run."""
    return years_of_document(document_of(reading, reading.items.used().in_order()))


def packed(reading: PlanReading) -> tuple[str, bytes]:
    """The name and the zip archive of the pack: as it was loaded, else of what is in use so far."""
    name = choices_of(reading).programme or f"draft-{reading.pk}"
    if reading.version is not None:
        pack = reading.version.pack.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return name, zipped({"pack.yaml": pack}, name, _LOADED)
    return name, zipped(draft_reading(reading).files, name)


def choices_of(reading: PlanReading) -> Choices:
    """What people have chosen for the programme so far."""
    kept = dict(reading.choices)
    if not kept:
        return Choices()
    zones = tuple(NewZone(**zone) for zone in kept.pop("zones", ()))
    names = ("programme", "title", "title_en", "region", "start", "end")
    return Choices(
        **{name: str(kept.get(name) or "") for name in names},
        scopes={key: code for key, code in kept.get("scopes", {}).items() if code != LEAVE_OUT},
        zones=zones,
    )


@transaction.atomic
def keep_choices(reading: PlanReading, kept: Mapping[str, Any], *, by: User) -> PlanReading:
    """Keep what was typed about the programme; new zones get their codes.

    `kept` has the names of Choices, with NEW_ZONE and LEAVE_OUT among the scopes, and `number`,
    `date` of the plan itself.
    """
    locked = lock_open(reading, by)
    scopes, zones = _placed(kept["scopes"], str(kept["region"]))
    choices = {**kept, "scopes": scopes, "zones": [asdict(zone) for zone in zones]}
    locked.number = str(choices.pop("number", locked.number))[:100]
    locked.date = str(choices.pop("date", locked.date))[:20]
    if choices != locked.choices:
        locked.choices = choices
        record_event(
            locked, Verb.KEEP_CHOICES, by=by, region=locked.region_id, data={"choices": choices}
        )
    locked.save(update_fields=["choices", "number", "date"])
    return locked


def draft_reading(reading: PlanReading) -> Drafted:
    """The draft pack of the items in use and the choices so far, checked."""
    items = reading.items.used().in_order()
    document = document_of(reading, items)
    made = draft(document, choices_of(reading))
    base = base_of(reading)
    laid = onward(made.files, base.pack) if base is not None else None
    files, check = check_draft(laid.files if laid else made.files, document["checks"])
    following = (
        NextVersion(base, laid.kept, laid.kept_clauses, check.pack) if base and laid else None
    )
    return Drafted(files, made.left_out, check, following)


@transaction.atomic
def complete_reading(reading: PlanReading, *, by: User, seen: str = "") -> ProgrammeVersion:
    """Make a running programme, or the next version of one, of a reading read to the end.

    `seen` is the stand of the difference that the person saw before a next version is loaded;
    the same content again is no new version. Cases under other versions stay on them. Raises
    Unread while there are unread items, DraftRefused where the pack has errors, ActionRefused
    where the programme's name is taken, Conflict where the reading is not open or the difference
    is another by now.
    """
    locked = lock_open(reading, by)
    unread = locked.items.filter(state=ReadingItemState.UNREAD).count()
    if unread:
        raise Unread(unread)
    onto = dict(locked.choices).get("onto")
    if onto:  # so that the difference stays the one that was seen
        Programme.objects.select_for_update(of=("self",), no_key=True).filter(slug=onto).first()
    drafted = draft_reading(locked)
    pack = drafted.check.pack
    if pack is None:
        raise DraftRefused(drafted.check.errors)
    check_may_read(by, pack.region)
    if drafted.following is not None:
        check_seen(drafted.following, pack, seen)
    elif Programme.objects.filter(slug=pack.programme).exists():
        raise ActionRefused(
            _("标识 %(slug)s 已经有计划在用") % {"slug": pack.programme},
            _("请另取一个标识，或选择作为它的下一版载入"),
        )
    version, _created = load_version(pack, by=by)
    if drafted.following is not None and not drafted.following.same:
        follow_version(version, by)
        start_matching(version, by=by)
    locked.version = version
    locked.state = ReadingState.COMPLETED
    locked.completed_by, locked.completed_at = by, clock.now()
    locked.save()
    record_event(
        locked,
        Verb.COMPLETE_READING,
        by=by,
        region=locked.region_id,
        data={"programme": pack.programme, "digest": pack.digest, "number": version.number},
    )
    return version


def zones_of(region: Region) -> dict[str, str]:
    """The zones of the region's city that there are already, code by name."""
    prefix = region_prefix(region.code)[:4]
    rows = Region.objects.filter(is_zone=True, code__startswith=prefix)
    return {zone.name: zone.code for zone in rows.order_by("-code")}


def _placed(chosen: Mapping[str, str], region: str) -> tuple[dict[str, str], list[NewZone]]:
    """The scopes with codes for new zones, and every zone that the pack must state itself."""
    city = f"{region[:4]}00"
    scopes: dict[str, str] = {}
    zones: dict[str, NewZone] = {}
    known = {
        zone.code: zone for zone in Region.objects.filter(is_zone=True, code__startswith=city[:4])
    }
    taken = set(known) | set(regions())
    for scope, code in chosen.items():
        scopes[scope] = code
        if code == NEW_ZONE:
            scopes[scope] = next(
                made
                for number in (*range(_FIRST_ZONE, 100), *range(_FIRST_ZONE))
                if (made := f"{city[:4]}{number:02d}") not in taken
            )
            taken.add(scopes[scope])
            zones[scopes[scope]] = NewZone(scopes[scope], scope, city)
        elif code in known:
            zone = known[code]
            zones[code] = NewZone(code, zone.name, zone.parent_id or city, zone.name_en)
    return scopes, list(zones.values())
