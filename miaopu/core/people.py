"""The demo's people: made-up users whom any visitor of the demo may play."""

from django.conf import settings
from django.db.models import QuerySet

from miaopu.core.models import User


def demo_people() -> QuerySet[User]:
    """The users that carry a note for the demo, in a fixed order; none outside the demo."""
    people = User.objects.filter(is_active=True).exclude(demo_note="").order_by("pk")
    return people if settings.DEMO else people.none()
