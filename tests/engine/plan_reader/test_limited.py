"""Reading in a child process: whatever it dies of is a refusal that says so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miaopu.engine.plan_reader import limited
from miaopu.engine.plan_reader.errors import DocumentRefused


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import sys; sys.exit(3)", "1 GB"),
        ("import os; os.abort()", "1 GB"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "60 秒"),
        ("import time; time.sleep(60)", "60 秒"),
    ],
)
def test_whatever_kills_the_child_is_a_refusal(
    program: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "_CHILD", (sys.executable, "-c", program))
    with pytest.raises(DocumentRefused) as refused:
        limited.read_limited(tmp_path / "x", seconds=3)
    assert words in refused.value.message.zh
