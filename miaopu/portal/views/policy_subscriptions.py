"""Subscriptions to the policy library: which documents a person wants to be told of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from miaopu.core.errors import ActionRefused
from miaopu.core.models import Region
from miaopu.core.scope import region_prefix, regions_above
from miaopu.parties.industries import industry_title
from miaopu.plans.enums import DocumentKind
from miaopu.plans.models import DocumentSubscription, Programme
from miaopu.plans.subscriptions import subscribe, unsubscribe
from miaopu.portal import present, shapes
from miaopu.portal.performing import in_one_line
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.policy_parts import industry_choices


def served_regions() -> list[Region]:
    """The provinces, cities and counties in which programmes run."""
    codes = Programme.objects.public().values_list("region", flat=True)
    found = Q(pk__in=[regions_above(code)[0] for code in codes])
    for code in codes:
        found |= Q(code__startswith=region_prefix(code))
    return list(Region.objects.public().filter(found))


class SubscriptionForm(forms.Form):
    """Which documents; what is left open does not matter."""

    use_required_attribute = False
    region = forms.ChoiceField(label=_("区域"), required=False)
    industry = forms.ChoiceField(label=_("行业"), required=False)
    kind = forms.ChoiceField(
        label=_("类别"), required=False, choices=[("", _("全部")), *DocumentKind.choices]
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        everywhere = [("", _("全部"))]
        region, industry = self.fields["region"], self.fields["industry"]
        assert isinstance(region, forms.ChoiceField)
        assert isinstance(industry, forms.ChoiceField)
        self.regions = {one.code: one for one in served_regions()}
        names = [(code, present.region_name(one)) for code, one in self.regions.items()]
        region.choices = [*everywhere, *names]
        industry.choices = [*everywhere, *industry_choices()]


def _text(one: DocumentSubscription) -> str:
    parts = (
        present.region_name(one.region) if one.region else gettext("全部区域"),
        industry_title(one.industry) if one.industry else gettext("各行业"),
        str(one.get_kind_display()) if one.kind else gettext("各类文件"),
    )
    return " · ".join(parts)


@require_http_methods(["GET", "HEAD", "POST"])
def policy_subscriptions(request: HttpRequest) -> HttpResponse:
    """What the person is told of; POST adds one."""
    user = person(request)
    form = SubscriptionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            subscribe(
                region=form.regions.get(asked["region"]),
                industry=asked["industry"],
                kind=asked["kind"],
                by=user,
            )
        except ActionRefused as refused:
            form.add_error(None, in_one_line(refused))
        else:
            messages.success(request, gettext("已订阅；有新文件或修订、废止时会收到消息"))
            return redirect("policy_subscriptions")
    mine = DocumentSubscription.objects.for_user(user).select_related("region").order_by("pk")
    context = {
        "form": form,
        "mine": [
            {"text": _text(one), "end": reverse("policy_subscription_end", args=[one.pk])}
            for one in mine
        ],
        "crumbs": [
            shapes.Link(gettext("政策文库"), reverse("policy_list")),
            shapes.Link(gettext("政策订阅")),
        ],
    }
    return render(
        request, "public/policy_subscriptions.html", context, status=422 if form.errors else 200
    )


@require_POST
def policy_subscription_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's subscriptions."""
    user = person(request)
    found = get_object_or_404(DocumentSubscription.objects.for_user(user), pk=pk)
    unsubscribe(found, by=user)
    messages.success(request, gettext("已取消这项订阅"))
    return redirect("policy_subscriptions")
