"""Background tasks of the bases."""

from __future__ import annotations

from procrastinate.contrib.django import app

from miaopu.bases.title_motions import remind_of_titles


@app.periodic(cron="*/15 * * * *")
@app.task(queueing_lock="remind_of_titles")
def send_title_reminders(timestamp: int) -> None:
    """Tell of titles that end soon, once per title."""
    remind_of_titles()
