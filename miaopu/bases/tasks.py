"""Background tasks of the bases."""

from __future__ import annotations

from procrastinate.contrib.django import app

from miaopu.bases.inspection_actions import note_silence
from miaopu.bases.inspection_notices import remind_of_inspections


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="watch_inspections")
def watch_inspections(timestamp: int) -> None:
    """Note forms that were not handed in, and remind of what is due, once per event."""
    note_silence()
    remind_of_inspections()
