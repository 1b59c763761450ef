"""Settings of the tests: the product's own, with a fast hasher and plain static files."""

import os
from pathlib import Path

os.environ.setdefault("MIAOPU_DATA_DIR", str(Path(__file__).resolve().parents[2] / "var" / "test"))
os.environ.setdefault("MIAOPU_DEMO", "1")
os.environ.setdefault("MIAOPU_SECRET_KEY", "the tests sign with this")

from miaopu.app.settings import *  # noqa: F403
from miaopu.app.settings import DATA_DIR, STATIC_ROOT

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = DATA_DIR / "files"
