"""Pieces of evidence: files that are handed in with a report or with the record of a duty."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from miaopu.core.actions import keep_file
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User

MAX_FILES = 10
GivenFile = tuple[str, bytes]  # name and content


def check_evidence(files: Sequence[GivenFile]) -> None:
    """Raises ActionRefused for more files than anybody looks through."""
    if len(files) > MAX_FILES:
        raise ActionRefused(_("最多上传 %(count)s 个文件") % {"count": MAX_FILES}, _("请合并文件"))


def keep_evidence(
    owner: Any, files: Sequence[GivenFile], *, by: User, **where: object
) -> list[str]:
    """Keep the files with what they prove, the same content once; returns their SHA-256.

    `owner` has its files as `files`; `where` says more of where among them they belong. Raises
    ActionRefused for files that cannot be kept.
    """
    digests: list[str] = []
    for name, content in files:
        kept = keep_file(content, by=by)
        owner.files.get_or_create(file=kept, **where, defaults={"name": PurePath(name).name[:200]})
        if kept.sha256 not in digests:
            digests.append(kept.sha256)
    return digests
