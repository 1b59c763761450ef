"""Background tasks of the ledger."""

from procrastinate.contrib.django import app

from miaopu.ledger.books import seal_days


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="seal_ended_days")
def seal_ended_days(timestamp: int) -> None:
    """Seal the days that have ended."""
    seal_days()
