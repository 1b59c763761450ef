"""Runs background jobs until SIGINT or SIGTERM."""

import asyncio
import time
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from miaopu.core.tasks import retry_stalled_jobs

CONCURRENCY = 2
GRACE_SECONDS = 20.0


class Command(BaseCommand):
    """`run_worker`: at SIGTERM it takes no new job and gives running ones some time to end."""

    help = "Runs background jobs until SIGINT or SIGTERM."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work with the connector that listens for new jobs."""
        with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
            asyncio.run(_work())


async def _work() -> None:
    async with app.open_async():
        # Jobs of a worker that was killed are tried again at once; the periodic task goes on.
        with suppress(AlreadyEnqueued):
            await retry_stalled_jobs.defer_async(timestamp=int(time.time()))  # type: ignore[call-arg]
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            shutdown_graceful_timeout=GRACE_SECONDS,
            delete_jobs="successful",  # what a job did stands in core.Job and the events
        )
