"""Where a reviewer is in a queue: the next case of the same queue is always one step away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from miaopu.cases.models import Case
from miaopu.core.models import User
from miaopu.portal.views.office_queue import QueueFilter, filtered, query_of

MINE = "todo=mine"
LONGEST_QUERY = 500


@dataclass(frozen=True)
class Queue:
    """A queue by the filters in its address; without any, what waits for the user."""

    user: User
    query: str
    wanted: dict[str, Any]

    @property
    def href(self) -> str:
        """The queue's page."""
        return f"{reverse('case_queue')}?{self.query}"

    def packet_href(self, case: Case) -> str:
        """A case's page that still knows the queue."""
        return f"{reverse('case_packet', kwargs={'number': case.number})}?{self.query}"

    def place_of(self, case: Case) -> date | None:
        """Until when the case waits: its place in the queue's order."""
        dated = Case.objects.for_user(self.user).by_time_left().filter(pk=case.pk)
        found = dated.first()
        return found.waits_until if found is not None else None  # type: ignore[attr-defined,no-any-return]

    def after(self, case: Case, place: date | None) -> Case | None:
        """The next case of the queue after one that had this place; from the end to the start."""
        others = filtered(self.user, self.wanted).exclude(pk=case.pk)
        if place is None:
            later = Q(waits_until=None, pk__gt=case.pk)
        else:
            later = Q(waits_until__gt=place) | Q(waits_until=None)
            later |= Q(waits_until=place, pk__gt=case.pk)
        # Numbers only: sorting twenty thousand whole rows for one of them takes a second.
        numbers = others.values_list("pk", flat=True)
        found = numbers.filter(later).first() or numbers.first()
        if found is None:
            return None
        return Case.objects.for_user(self.user).select_related("enterprise").get(pk=found)

    def count(self) -> int:
        """How many cases the queue holds."""
        return filtered(self.user, self.wanted).count()


def sent_query(request: HttpRequest) -> str:
    """The queue that a packet or a step knows: a field of the form, or the address."""
    if request.method == "POST":
        return str(request.POST.get("queue", ""))
    return request.META.get("QUERY_STRING", "")


def queue_of(user: User, query: str) -> Queue:
    """The queue that an address speaks of; what is no valid filter leads to the user's own."""
    form = QueueFilter(QueryDict(query[:LONGEST_QUERY].replace("\x00", "")))
    kept = query_of(form)
    if not kept:
        form = QueueFilter(QueryDict(MINE))
        kept = query_of(form)
    return Queue(user, kept, form.cleaned_data)
