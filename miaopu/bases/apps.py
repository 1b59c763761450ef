"""Room `bases` as a Django app."""

from django.apps import AppConfig

from miaopu.bases.anomaly_enums import AnomalyVerb
from miaopu.bases.enums import Verb
from miaopu.bases.inspection_enums import InspectionVerb
from miaopu.bases.record_enums import RecordVerb
from miaopu.bases.title_enums import TitleVerb
from miaopu.core import verbs


class BasesConfig(AppConfig):
    """Room `bases`."""

    name = "miaopu.bases"
    label = "bases"

    def ready(self) -> None:
        """Register the room's verbs."""
        verbs.register(Verb)
        verbs.register(InspectionVerb)
        verbs.register(TitleVerb)
        verbs.register(RecordVerb)
        verbs.register(AnomalyVerb)
