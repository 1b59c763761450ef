"""The demo's people: made-up users whom any visitor of the demo may play."""

from django.conf import settings
from django.db.models import Case, QuerySet, When

from miaopu.core.enums import UserKind
from miaopu.core.models import User


def demo_people() -> QuerySet[User]:
    """The users that carry a note for the demo; none outside the demo.

    Enterprises first, then other parties, by their log-ins' names; then the offices, as the demo
    lists them.
    """
    audience = Case(
        When(username__startswith="enterprise", then=0),
        When(kind=UserKind.PARTY, then=1),
        default=2,
    )
    place = Case(When(kind=UserKind.OFFICE, then="pk"), default=0)
    people = User.objects.filter(is_active=True).exclude(demo_note="")
    return people.order_by(audience, place, "username") if settings.DEMO else people.none()
