"""What makes a draft out of several sittings: merging answers, removing files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from miaopu.cases.enums import Verb
from miaopu.cases.guards import FormConflict, check_draft, check_represents
from miaopu.cases.models import Case, CaseFile
from miaopu.cases.workflow import lock_case
from miaopu.core import clock
from miaopu.core.actions import record_event
from miaopu.core.errors import Conflict
from miaopu.core.models import Event, User


def _plain(value: Any) -> str:
    """An answer for comparing: nothing, no, and an empty text are the same."""
    return "" if value is None or value is False else str(value)


def _form_at(case: Case, revision: int) -> dict[str, Any] | None:
    """The answers as they stood at a revision, from the case's history; None if there is none."""
    row = case.events.filter(revision=revision).order_by("-pgh_id").first()  # type: ignore[attr-defined]
    form: dict[str, Any] | None = row.form if row is not None else None
    return form


def merge_answers(locked: Case, values: Mapping[str, Any], revision: int) -> dict[str, Any]:
    """The draft's answers with `values`, which were typed on a page that showed `revision`.

    What was changed only here is taken, what was changed only elsewhere stays. Raises FormConflict
    where the same question was answered differently here and elsewhere: nobody overwrites unseen.
    """
    if locked.revision == revision:
        return {**locked.form, **values}
    seen = _form_at(locked, revision)
    shown = None if seen is None else {name: seen.get(name) for name in values}
    merged = merge_typed(locked.form, values, shown)
    if merged is None:
        raise FormConflict(locked.form, locked.revision)
    return merged


def merge_typed(
    saved: Mapping[str, Any], typed: Mapping[str, Any], shown: Mapping[str, Any] | None
) -> dict[str, Any] | None:
    """What is saved with what was typed on a page that had `shown` something else before.

    What was changed only here is taken, what was changed only elsewhere stays. None where the same
    thing was changed here and elsewhere, or where nobody knows what the page had shown.
    """
    merged = dict(saved)
    for name, value in typed.items():
        if _plain(value) == _plain(saved.get(name)):
            continue
        if shown is None or name not in shown:
            return None
        if _plain(shown[name]) == _plain(saved.get(name)):
            merged[name] = value
        elif _plain(shown[name]) != _plain(value):
            return None
    return merged


def was_saved_before(subject: Model, by: User, verb: Verb = Verb.SAVE_FORM) -> bool:
    """Whether saving (`verb`) is already the last thing that was done, by the same person."""
    last = Event.objects.for_subject(subject).last()
    return last is not None and last.verb == verb and last.actor_id == by.pk


@transaction.atomic
def remove_file(attached: CaseFile, *, by: User) -> None:
    """Take a file out of a draft; the row stays, marked. Again changes nothing.

    Raises Conflict once the case was submitted.
    """
    locked = lock_case(attached.case)
    check_represents(by, locked.enterprise)
    check_draft(locked)
    there = locked.files.kept().filter(pk=attached.pk)
    if not there.exists():
        if locked.files.filter(pk=attached.pk).exists():
            return
        raise Conflict(_("没有这份文件"), _("请刷新页面"))
    there.update(removed_at=clock.now())
    record_event(locked, Verb.REMOVE_FILE, by=by, region=locked.region_id)
