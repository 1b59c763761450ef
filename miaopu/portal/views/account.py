"""The user's own API tokens: make one, see it once, revoke it."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from miaopu.core.errors import ActionRefused
from miaopu.core.models import ApiToken
from miaopu.core.tokens import create_token, revoke_token, secret_of
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person

WAITS_TO_BE_SHOWN = "new_api_token"  # in the session: the nonce, never the token itself
SHOWN = 50
TERMS = [("30", _("30天")), ("90", _("90天")), ("180", _("180天")), ("365", _("一年"))]


class TokenForm(forms.Form):
    """What for, and for how long."""

    name = forms.CharField(
        label=_("用途"),
        help_text=_("例如：报表系统每日取数"),
        max_length=60,
        error_messages={"required": _("请写明令牌的用途")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.ChoiceField(
        label=_("有效期"),
        help_text=_("到期后自动失效，须另生成一个"),
        choices=TERMS,
        initial="90",
    )


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    now = timezone.now()
    rows = []
    for token in ApiToken.objects.for_user(request.user).select_related("use")[:SHOWN]:
        if token.revoked_at is not None:
            state, tone = gettext("已撤销"), "neutral"
        elif token.expires_at <= now:
            state, tone = gettext("已过期"), "neutral"
        else:
            state, tone = gettext("有效"), "good"
        rows.append({"token": token, "state": state, "tone": tone, "live": tone == "good"})
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The user's tokens; POST makes one and comes back to show it once."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        nonce = secrets.token_urlsafe(32)
        days = int(form.cleaned_data["days"])
        try:
            create_token(form.cleaned_data["name"], days, nonce, by=person(request))
        except ActionRefused as refused:
            form.add_error(None, in_one_line(refused))
        else:
            request.session[WAITS_TO_BE_SHOWN] = nonce
            return redirect("tokens")
    nonce = request.session.pop(WAITS_TO_BE_SHOWN, "") if request.method == "GET" else ""
    context = {
        "form": form,
        "rows": _rows(request),
        "new": secret_of(nonce) if nonce else "",
        "frame": "base.html" if person(request).is_party else "staff.html",
    }
    return render(request, "account/tokens.html", context)


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the user's tokens; what uses it is refused from now on."""
    token = get_object_or_404(ApiToken.objects.for_user(request.user), pk=pk)
    revoke_token(token, by=person(request))
    messages.success(request, gettext("令牌“%(name)s”已撤销") % {"name": token.name})
    return redirect("tokens")
