"""Signing in and out. Sign-up is closed: people are added by those who may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from miaopu.core.people import demo_people
from miaopu.portal import formats, kept_forms
from miaopu.portal.homes import home_of


class ClosedAccountAdapter(DefaultAccountAdapter):
    """allauth without sign-up, without its own messages and pages."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "用户名或密码不正确。请核对后再试；忘记密码请联系系统管理员。"
        ),
        "too_many_login_attempts": _("尝试次数过多，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Each to the page with what waits for them: enterprises, offices, finance, audit."""
        return home_of(request.user)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages themselves show who is signed in; no message is added."""

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """A closed account: say so on the sign-in page."""
        messages.error(request, gettext("该账号已停用，请联系系统管理员。"))
        return redirect("sign_in")


class SignInForm(LoginForm):
    """User name and password; the sign-in ends with the browser or after the session's time."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = _("用户名")
        self.fields["password"].label = _("密码")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in without remembering beyond the browser's session."""
        self.cleaned_data["remember"] = False
        response: HttpResponse = super().login(request, redirect_url)
        return response


def counted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name under which failed sign-ins are counted: the same however it is spelled.

    Names are looked up without regard to case, so every spelling of one counts as that one.
    """
    posted = request.POST.get("login", "") if request is not None else ""
    return str((credentials or {}).get("username") or posted).casefold()


@dataclass(frozen=True)
class DemoLogin:
    """A made-up person whom a visitor of the demo may play."""

    username: str
    name: str
    note: str


def demo_logins() -> list[DemoLogin]:
    """The people of the demo with what each may do; none outside the demo."""
    english = formats.is_english()
    return [
        DemoLogin(
            username=person.get_username(),
            name=str(person),
            note=(person.demo_note_en if english else "") or person.demo_note,
        )
        for person in demo_people()
    ]


def demo_password() -> str:
    """The one password of the demo's people; "" outside the demo."""
    return settings.DEMO_PASSWORD if settings.DEMO else ""


class SignInView(LoginView):
    """The sign-in page; in the demo it offers the demo's people."""

    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo's people and whether a form waits."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["demo_logins"] = demo_logins()
        context["demo_password"] = demo_password()
        context["form_waits"] = kept_forms.waiting(self.request)
        context["next"] = self.get_next_url() or ""
        return context


@method_decorator(login_not_required, name="dispatch")
class SignOutView(LogoutView):
    """Signing out, by POST only; who is signed out already just goes home."""

    http_method_names = ["post"]

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out and forget whose browser this was."""
        response: HttpResponse = super().post(*args, **kwargs)
        response.delete_cookie(kept_forms.OWNER_COOKIE, samesite="Lax")
        return response
