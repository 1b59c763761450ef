"""Carrying out an action for a page: what is refused is told on the page, nothing is lost."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest

from miaopu.cases.workflow import AlreadyDone
from miaopu.core.errors import ActionRefused

T = TypeVar("T")


def perform(request: HttpRequest, action: Callable[[], T], success: str = "") -> T | None:
    """Do `action`, say `success`; a refusal becomes a message with its remedy and gives None.

    A double click (AlreadyDone) is told as what it is: the thing is done.
    """
    try:
        result = action()
    except AlreadyDone as done:
        messages.info(request, f"{done.message}。{done.remedy}")
        return None
    except ActionRefused as refused:
        text = str(refused.message)
        if refused.remedy:
            text = f"{text}。{refused.remedy}"
        messages.error(request, text)
        return None
    if success:
        messages.success(request, success)
    return result
