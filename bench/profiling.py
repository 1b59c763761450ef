"""What the list page spends its time on (cProfile; the profiler itself slows calls down)."""

from __future__ import annotations

import cProfile
import pstats
import time

from django.test import Client

from bench.pages import QUEUE

TIMES = 50


def show(client: Client) -> None:
    """Print the functions that cost most, and the time of one page without the profiler."""
    client.get(QUEUE)
    began = time.perf_counter()
    for _time in range(TIMES):
        client.get(QUEUE)
    print(f"one page in process: {(time.perf_counter() - began) / TIMES * 1000:.1f} ms")
    profiler = cProfile.Profile()
    profiler.enable()
    for _time in range(TIMES):
        client.get(QUEUE)
    profiler.disable()
    figures = pstats.Stats(profiler)
    figures.sort_stats("tottime").print_stats(30)
    figures.sort_stats("cumulative").print_stats(70)
