"""What the last match of everybody had read."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _

from miaopu.plans.models.programmes import ProgrammeVersion


class MatchRun(models.Model):
    """The last match under a version: for which day, and how much was on file of each enterprise.

    Statements are only added and ended, never changed: whoever has as many as before, and as many
    ended, has the same ones.
    """

    version = models.OneToOneField(ProgrammeVersion, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField(_("数据日期"))
    software = models.CharField(_("软件版本"), max_length=40)
    read = models.BinaryField(_("已读陈述"))

    class Meta:
        """Order."""

        ordering = ["version_id"]

    def __str__(self) -> str:
        return f"{self.version_id} {self.as_of}"

    @property
    def statements(self) -> dict[int, int]:
        """For each enterprise that was asked, by key, its statements and those of them ended."""
        pairs = np.frombuffer(zlib.decompress(bytes(self.read)), dtype="<i8").reshape(2, -1)
        return dict(zip(np.cumsum(pairs[0]).tolist(), pairs[1].tolist(), strict=True))


def packed_statements(statements: Mapping[int, int]) -> bytes:
    """`MatchRun.statements` as it is stored: keys by their distances, then counts."""
    keys = np.array(sorted(statements), dtype="<i8")
    counts = np.array([statements[int(key)] for key in keys], dtype="<i8")
    return zlib.compress(np.stack([np.diff(keys, prepend=0), counts]).tobytes(), 6)
