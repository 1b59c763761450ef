"""Background tasks of the core: jobs of killed workers are tried again."""

import logging

from django.core.management import call_command
from procrastinate import JobContext
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

STALLED_AFTER_SECONDS = 30


@app.periodic(cron="* * * * * */15")  # the sixth field is seconds
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Put jobs of workers that died back into the queue. Every task is idempotent for this."""
    manager = context.app.job_manager
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    for job in stalled:
        logger.warning("retrying stalled job %s (%s)", job.id, job.task_name)
        await manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="clear_expired_sessions")
def clear_expired_sessions(timestamp: int) -> None:
    """Remove sessions that have expired, every night."""
    call_command("clearsessions")
