"""One content handed in by several people at the same moment is one file for all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from miaopu.core.actions import keep_file
from miaopu.core.models import File
from tests.factories import City


def test_two_hand_in_the_same_file_at_once(
    committed_city: City, in_threads: Callable[..., list[Any]]
) -> None:
    content = b"%PDF-1.4\n3 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    kept = in_threads([lambda: keep_file(content, by=committed_city.owner)] * 4)
    assert {type(one) for one in kept} == {File}, kept
    assert File.objects.count() == 1
