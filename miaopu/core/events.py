"""What an event holds, whether one is written or thousands at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from miaopu.core.models import Event, Office, User
from miaopu.core.scope import region_prefix


def acting_office(by: User | None, region_code: str | None) -> Office | None:
    """The user's office that covers the region most closely; her first one where none does."""
    offices = [membership.office for membership in by.live_memberships] if by is not None else []
    covering = [
        office
        for office in offices
        if region_code and region_code.startswith(region_prefix(office.region_id))
    ]
    if covering:
        return max(covering, key=lambda office: len(region_prefix(office.region_id)))
    return offices[0] if offices else None


def event_of(
    subject: models.Model,
    verb: str,
    *,
    at: datetime,
    by: User | None,
    office: Office | None,
    region_code: str | None,
    reason: str,
    data: Mapping[str, Any] | None,
) -> Event:
    """An event about `subject`, not written yet: the one place that says what an event holds."""
    return Event(
        at=at,
        actor=by,
        office=office,
        region_id=region_code,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        reason=reason,
        data=dict(data or {}),
    )
