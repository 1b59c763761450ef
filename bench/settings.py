"""The product's own settings with one route more: the bare view that pages are measured against."""

from miaopu.app.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
