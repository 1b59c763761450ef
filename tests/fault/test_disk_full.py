"""The disk is full: what was confirmed stays, nothing is half, and room again is enough."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fault.browser import Browser, NoAnswer
from tests.fault.site import DemoSite, wait_until
from tests.fault.truth import contradictions

pytestmark = [pytest.mark.fault, pytest.mark.slow]

SIZE = "640m"
BACK_WITHIN = 60.0
CASES = 12
FULL_SECONDS = 20.0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system in memory, small enough to be filled; needs root and the right to mount."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk")
    with TemporaryDirectory(prefix="miaopu-disk-") as made:
        disk = Path(made) / "disk"
        Path(made).chmod(0o755)
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(disk)],
            capture_output=True,
            text=True,
            check=False,
        )
        if mounted.returncode != 0:
            pytest.skip(f"mounting is not allowed here: {mounted.stderr.strip()}")
        try:
            yield disk
        finally:
            subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as stream:
        try:
            while True:
                stream.write(b"\0" * 65536)
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return filler


def test_a_full_disk_loses_nothing(small_disk: Path) -> None:
    site = DemoSite(small_disk, 200)
    site.start()
    try:
        prepared = site.prepare(region="520103", state="submitted", count=CASES)
        reviewer = Browser(site.port)
        reviewer.sign_in(prepared["officers"]["reviewer"][0])
        pages = [f"/office/cases/{entry['case']}/" for entry in prepared["cases"]]
        forms = [reviewer.get(page).the_form(f"{page}accept/").fields for page in pages]
        filler = fill(small_disk)

        confirmed: set[str] = set()
        refused = 0
        until = time.monotonic() + FULL_SECONDS
        while time.monotonic() < until and refused < 2 * CASES:
            for page, fields in zip(pages, forms, strict=True):
                long = [*(pair for pair in fields if pair[0] != "reason"), ("reason", "核" * 900)]
                try:
                    if reviewer.post(f"{page}accept/", long).status == 302:
                        confirmed.add(page)
                except NoAnswer:
                    refused += 1
            if len(confirmed) == CASES:
                break
        filler.unlink()
        wait_until(site.answers, BACK_WITHIN, "back once there is room")
        kept = site.one(
            "SELECT count(*) FROM cases_case WHERE number = ANY(%s) AND state = 'accepted'",
            [[page.split("/")[3] for page in confirmed]],
        )
        assert kept == len(confirmed), "confirmed and lost"
        for page, fields in zip(pages, forms, strict=True):

            def accepted(page: str = page, fields: list[tuple[str, str]] = fields) -> bool:
                with suppress(NoAnswer):
                    return reviewer.post(f"{page}accept/", fields).status == 302
                return False

            wait_until(accepted, BACK_WITHIN, "the step can be taken again")
        assert refused, "nothing was refused: the disk was not full"
        numbers = [entry["case"] for entry in prepared["cases"]]
        assert site.one(
            "SELECT count(*) FROM cases_case WHERE number = ANY(%s) AND state = 'accepted'",
            [numbers],
        ) == len(numbers)
        with site.connect() as connection:
            assert contradictions(connection) == []
        site.verified_books()
    finally:
        site.stop()
