"""Background tasks of the cases."""

from procrastinate.contrib.django import app

from miaopu.cases.decisions import start_decide_clocks
from miaopu.cases.reminders import remind


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="start_decide_clocks")
def start_clocks_after_publicity(timestamp: int) -> None:
    """Start the decision's clock where a publicity period has ended."""
    start_decide_clocks()


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="send_reminders")
def send_reminders(timestamp: int) -> None:
    """Tell people what is due in three or one working days, or overdue; once per event."""
    remind()
