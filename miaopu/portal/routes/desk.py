"""Routes of the reading desk: from a plan document to a programme."""

from django.urls import path

from miaopu.portal.views import (
    office_reading,
    office_reading_acts,
    office_reading_complete,
    office_reading_lot,
    office_readings,
)

urlpatterns = [
    path("office/readings/", office_readings.reading_desk, name="reading_desk"),
    path("office/readings/new/", office_readings.reading_new, name="reading_new"),
    path("office/readings/<int:pk>/", office_reading.reading, name="reading"),
    path("office/readings/<int:pk>/again/", office_readings.reading_again, name="reading_again"),
    path("office/readings/<int:pk>/file/", office_readings.reading_file, name="reading_file"),
    path("office/readings/<int:pk>/pack.zip", office_readings.reading_pack, name="reading_pack"),
    path("office/readings/<int:pk>/items/", office_reading_acts.reading_add, name="reading_add"),
    path(
        "office/readings/<int:pk>/items/<int:item>/",
        office_reading_acts.reading_item,
        name="reading_item",
    ),
    path(
        "office/readings/<int:pk>/accept/", office_reading_lot.reading_accept, name="reading_accept"
    ),
    path(
        "office/readings/<int:pk>/complete/",
        office_reading_complete.reading_complete,
        name="reading_complete",
    ),
]
