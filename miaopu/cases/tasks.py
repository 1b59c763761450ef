"""Background tasks of the cases."""

from procrastinate.contrib.django import app

from miaopu.cases.decisions import start_decide_clocks


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="start_decide_clocks")
def start_clocks_after_publicity(timestamp: int) -> None:
    """Start the decision's clock where a publicity period has ended."""
    start_decide_clocks()
