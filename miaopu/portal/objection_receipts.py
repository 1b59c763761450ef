"""Objections that a browser may follow: those made in it, and those whose code was typed in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.cases.objections import digest_of_code

MOST_IN_SESSION = 10
WRONG_CODES = "objection_wrong_codes"
MOST_WRONG_CODES = 10


class FollowForm(forms.Form):
    """Number and code of an objection."""

    use_required_attribute = False
    number = forms.CharField(
        label=_("异议编号"), help_text=_("提出异议时显示的编号，以Y和三位数字结尾"), max_length=50
    )
    code = forms.CharField(
        label=_("查询码"),
        help_text=_("提出异议时显示的12位查询码"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


@dataclass(frozen=True)
class Receipts:
    """Numbers and codes in a session, under `key`."""

    key: str

    def codes(self, request: HttpRequest) -> dict[str, str]:
        """Number → code, the latest last."""
        return dict(request.session.get(self.key, {}))

    def remember(self, request: HttpRequest, number: str, code: str) -> None:
        """Let this browser follow the objection for as long as its session lasts."""
        known = self.codes(request)
        known.pop(number, None)
        request.session[self.key] = dict([*known.items(), (number, code)][-MOST_IN_SESSION:])

    def ask(self, request: HttpRequest, objections: Any) -> FollowForm | None:
        """Look for what was typed among `objections`; None where it was found and remembered.

        Wrong codes are counted: whoever tries them one after the other is stopped.
        """
        form = FollowForm(request.POST)
        if request.session.get(WRONG_CODES, 0) >= MOST_WRONG_CODES:
            form.add_error(None, gettext("查询码输错的次数太多，请稍后再试"))
        elif form.is_valid():
            number = form.cleaned_data["number"].strip()
            code = form.cleaned_data["code"].strip().upper()
            if objections.filter(number=number, code_digest=digest_of_code(code)).exists():
                self.remember(request, number, code)
                return None
            request.session[WRONG_CODES] = request.session.get(WRONG_CODES, 0) + 1
            form.add_error(None, gettext("编号和查询码对不上，请核对后再试"))
        return form
