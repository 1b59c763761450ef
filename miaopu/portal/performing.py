"""Carrying out an action for a page: what is refused is told on the page, nothing is lost."""

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from miaopu.cases.workflow import AlreadyDone
from miaopu.core.errors import ActionRefused
from miaopu.portal.present import in_language

T = TypeVar("T")


def in_one_line(refused: ActionRefused) -> str:
    """What is wrong and what to do, as one text in the language of the page."""
    message, remedy = in_language(refused.message), in_language(refused.remedy)
    if not remedy:
        return message
    return gettext("%(message)s。%(remedy)s") % {"message": message, "remedy": remedy}


def perform(request: HttpRequest, action: Callable[[], T], success: str = "") -> T | None:
    """Do `action`, say `success`; a refusal becomes a message with its remedy and gives None.

    A double click (AlreadyDone) is told as what it is: the thing is done.
    """
    try:
        result = action()
    except AlreadyDone as done:
        messages.info(request, in_one_line(done))
        return None
    except ActionRefused as refused:
        messages.error(request, in_one_line(refused))
        return None
    if success:
        messages.success(request, success)
    return result
