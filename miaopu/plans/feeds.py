"""Calendar feeds: making, revoking and recognising their secret addresses."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from miaopu.core.actions import record_event
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.core.models import Office, User
from miaopu.core.tokens import digest_of, secret_for
from miaopu.engine.messages import Bilingual
from miaopu.plans.agenda import Entry, agenda
from miaopu.plans.enums import Verb
from miaopu.plans.models import CalendarFeed

NAME = Bilingual("苗圃职责日历", "Miaopu duty calendar")
MOST_LIVE = 5  # feeds of one user at a time
BACK, AHEAD = timedelta(days=92), timedelta(days=400)


def feed_secret(nonce: str) -> str:
    """The secret part of the address that belongs to a nonce (see core.tokens.secret_of)."""
    return secret_for("miaopu.calendar-feed", nonce)


@transaction.atomic
def make_feed(office: Office | None, nonce: str, *, by: User) -> CalendarFeed:
    """Make a feed of everything of the user's, or of one of her offices.

    Raises NotAllowed for another's office, ActionRefused beyond five live feeds.
    """
    if by.is_party or (
        office is not None and office.pk not in {one.office_id for one in by.live_memberships}
    ):
        raise NotAllowed(_("只能订阅自己机构的日历"), _("请选择您任职的机构"))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if CalendarFeed.objects.for_user(by).live().count() >= MOST_LIVE:
        raise ActionRefused(_("有效的订阅地址已达 5 个"), _("请先撤销不再使用的地址"))
    feed = CalendarFeed.objects.create(
        user=by, office=office, digest=digest_of(feed_secret(nonce)), created_at=timezone.now()
    )
    record_event(feed, Verb.MAKE_FEED, by=by, data={"office": office.code if office else ""})
    return feed


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: User) -> None:
    """Revoke one of the user's feeds: its address answers no more. Again changes nothing."""
    mine = CalendarFeed.objects.for_user(by).select_for_update(of=("self",), no_key=True)
    locked = mine.get(pk=feed.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        record_event(locked, Verb.REVOKE_FEED, by=by)


def feed_of(secret: str) -> CalendarFeed | None:
    """The live feed at an address; None where it was revoked, or its user may not sign in."""
    rows = CalendarFeed.objects.live().select_related("user", "office")
    return rows.filter(digest=digest_of(secret)).first()


def feed_content(feed: CalendarFeed, today: date, now: datetime, site: str) -> bytes:
    """The feed as RFC 5545: all-day events with stable UIDs; `site` is the address of the site.

    What the user may see is asked anew each time; of an office she has left it shows nothing.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Miaopu//duty calendar//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", str(feed.office) if feed.office else NAME.zh)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    for entry in _entries(feed, today):
        calendar.add_component(_event(entry, now, site))
    content: bytes = calendar.to_ical()
    return content


def _entries(feed: CalendarFeed, today: date) -> list[Entry]:
    member_of = {one.office_id for one in feed.user.live_memberships}
    if not member_of or (feed.office_id is not None and feed.office_id not in member_of):
        return []
    return agenda(feed.user, today - BACK, today + AHEAD, today, feed.office)


def _event(entry: Entry, now: datetime, site: str) -> Event:
    """One entry on its last day: that is when it has to be done."""
    event = Event()
    event.add("uid", f"{entry.uid}@miaopu")
    event.add("dtstamp", now)
    event.add("dtstart", entry.last)
    event.add("dtend", entry.last + timedelta(days=1))
    mark = "✓ " if entry.state == "done" else ""
    event.add("summary", f"{mark}{entry.title.zh}")
    event.add("description", f"{entry.note.zh}\n{entry.title.en}: {entry.note.en}")
    event.add("transp", "TRANSPARENT")
    event.add("url", _address(entry, site))
    return event


def _address(entry: Entry, site: str) -> str:
    if entry.task is not None:
        return f"{site}/office/tasks/{entry.task}/"
    if entry.duty:
        return f"{site}/office/duties/{entry.programme}/{entry.duty}/"
    return f"{site}/office/duties/"


def feed_rows(user: User) -> list[dict[str, Any]]:
    """The user's feeds, the newest first."""
    rows = CalendarFeed.objects.for_user(user).select_related("office").newest_first()
    return [{"feed": feed, "live": feed.revoked_at is None} for feed in rows[:20]]
