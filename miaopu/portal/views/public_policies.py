"""The policy library for everybody: search, one document, its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from miaopu.core import clock
from miaopu.core.models import Region
from miaopu.plans.document_reads import LONGEST, choices, clause_texts, facet, programmes_of
from miaopu.plans.document_search import Found, Wanted, excerpt_of, search, title_of
from miaopu.plans.enums import DocumentKind
from miaopu.plans.models import (
    DocumentCitation,
    DocumentReview,
    DocumentVersion,
    PolicyDocument,
)
from miaopu.portal import formats, present, shapes
from miaopu.portal.counted import named_with_set
from miaopu.portal.downloads import download
from miaopu.portal.paging import page_of
from miaopu.portal.views.policy_parts import (
    CARD,
    STANDINGS,
    industries_text,
    industry_choices,
    kinds_text,
    policy_href,
    standing,
    validity,
    where,
)
from miaopu.portal.views.public_shared import public_page

_CITED_MOST = 100


class PolicyFilter(forms.Form):
    """What is looked for; stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("查找"),
        help_text=gettext_lazy("词语、“词组”、-不要的词、文号或标题拼音"),
        required=False,
        max_length=LONGEST,
    )
    kind = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("区域"), required=False)
    issuer = forms.ChoiceField(label=gettext_lazy("发文机关"), required=False)
    industry = forms.ChoiceField(label=gettext_lazy("行业"), required=False)
    on = forms.DateField(
        label=gettext_lazy("在这一天有效"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, data: Mapping[str, Any], counts: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__(data)
        codes = [code for code in counts["region"] if code]
        names = {
            one.code: present.region_name(one)
            for one in Region.objects.public().filter(code__in=codes)
        }
        everything = [("", _("全部"))]
        self.choices: dict[str, list[tuple[str, Any]]] = {
            "kind": [*everything, *DocumentKind.choices],
            "region": [*everything, *sorted(names.items())],
            "issuer": [*everything, *((one, one) for one in sorted(counts["issuer"]))],
            "industry": [*everything, *industry_choices()],
        }
        for name, offered in self.choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        asked = self.cleaned_data
        return Wanted(
            text=asked["q"].replace("\x00", ""),
            region=asked["region"],
            issuer=asked["issuer"],
            kind=asked["kind"],
            industry=asked["industry"],
            on=asked["on"],
        )

    def without(self, name: str, value: str = "") -> str:
        """The address with another value of one filter, or without it."""
        asked = {key: str(text) for key, text in self.cleaned_data.items() if text}
        asked.pop(name, None)
        if value:
            asked[name] = value
        return f"{reverse('policy_list')}?{urlencode(asked)}"


def _active(form: PolicyFilter) -> list[shapes.Link]:
    """What is filtered now, each with the address without it."""
    links = []
    for name, value in form.cleaned_data.items():
        if not value:
            continue
        shown = dict(form.choices[name])[value] if name in form.choices else value
        if name == "on":
            shown = formats.day(value)
        words = {"label": form.fields[name].label, "value": shown}
        links.append(shapes.Link(_("%(label)s：%(value)s") % words, form.without(name)))
    return links


def _result(document: PolicyDocument, found: Found) -> dict[str, Any]:
    word, tone = standing(document, clock.today())
    return {
        "title": title_of(document, found),
        "href": policy_href(document),
        "standing": word,
        "tone": tone,
        "excerpt": excerpt_of(document, found),
        "about": " · ".join(
            part
            for part in (
                document.number,
                document.issuer,
                str(document.get_kind_display()),
                where(document.region),
                formats.day(document.issued_on),
            )
            if part
        ),
        "illustrative": document.illustrative,
    }


def _how_found(found: Found) -> str:
    words = {
        "number": _("按文号查找；引用这个文号的文件列在后面。"),
        "pinyin": _("按标题拼音查找。"),
        "alike": _("没有找到完全相符的文件；以下标题相近。"),
    }
    return words.get(found.by, "")


@public_page
def policy_list(request: HttpRequest) -> HttpResponse:
    """Search the library; without a question, all documents, the last issued first."""
    public = PolicyDocument.objects.public()
    form = PolicyFilter(request.GET, choices())
    if not form.is_valid():
        context = {"form": form, "active": [], "page": page_of(request, [])}
        return render(request, "public/policy_list.html", context)
    found = search(public, form.wanted)
    rows = found.rows.with_text()
    page = page_of(request, rows)
    kinds = facet(found.rows, "kind") if found.by != "alike" else {}
    names = dict(form.choices["kind"])
    context = {
        "form": form,
        "active": _active(form),
        "page": page,
        "results": [_result(row, found) for row in page.object_list],
        "how": _how_found(found),
        "alike": found.by == "alike",
        "kinds": [
            {
                "text": names[kind],
                "count": count,
                "href": form.without("kind", kind),
                "current": kind == form.cleaned_data["kind"],
            }
            for kind, count in kinds.items()
            if kind in names
        ],
    }
    return render(request, "public/policy_list.html", context)


def _citation(one: DocumentCitation) -> dict[str, Any]:
    word, tone = standing(one.target, clock.today()) if one.target else ("", "neutral")
    return {
        "title": one.title or one.number,
        "number": one.number if one.title else "",
        "href": policy_href(one.target) if one.target else "",
        "standing": word,
        "tone": tone,
    }


def _shown_version(request: HttpRequest, document: PolicyDocument) -> DocumentVersion:
    versions = DocumentVersion.objects.public().filter(document=document).order_by("-position")
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 6:
        return get_object_or_404(versions.select_related("file"), position=int(asked))
    found = versions.select_related("file").first()
    if found is None:
        raise Http404
    return found


def _programmes(document: PolicyDocument) -> list[dict[str, Any]]:
    return [
        {
            "title": present.in_language(version.programme.name),
            "href": reverse("programme", args=[version.programme.slug]),
            "own": own,
            "items": [
                shapes.Link(
                    named_with_set(version, code),
                    reverse("item", args=[version.programme.slug, code]),
                )
                for code in version.pack.items
            ],
        }
        for version, own in programmes_of(document)
    ]


@public_page
def policy(request: HttpRequest, code: str) -> HttpResponse:
    """One document: the card first, then its text by clauses, what it cites and who cites it."""
    document = get_object_or_404(PolicyDocument.objects.public().light(), code=code)
    version = _shown_version(request, document)
    word, tone = standing(document, clock.today())
    cited = DocumentCitation.objects.public().filter(target=document)
    context = {
        "document": document,
        "version": version,
        "latest": version.state != "amended",
        "crumbs": [shapes.Link(_("政策文库"), reverse("policy_list")), shapes.Link(version.title)],
        "standing": word,
        "tone": tone,
        "about": [
            shapes.Answer(_("文号"), version.number or formats.MISSING),
            shapes.Answer(_("发文机关"), version.issuer),
            shapes.Answer(_("类别"), version.get_kind_display()),
            shapes.Answer(_("适用区域"), where(version.region)),
            shapes.Answer(_("适用对象"), kinds_text(version.enterprise_kinds)),
            shapes.Answer(_("行业"), industries_text(version.industries)),
            shapes.Answer(_("印发日期"), formats.day(version.issued_on)),
            shapes.Answer(_("有效期"), validity(version)),
        ],
        "card": [
            {"title": title, "text": version.card[name]}
            for name, title in CARD.items()
            if version.card.get(name)
        ],
        "clauses": clause_texts(version),
        "cites": [_citation(one) for one in version.cites.select_related("target")],
        "cited_by": list(
            {
                one.version.document.pk: shapes.Link(
                    one.version.document.title, policy_href(one.version.document)
                )
                for one in cited.select_related("version__document").order_by(
                    "-version__document__issued_on", "-pk"
                )[:_CITED_MOST]
            }.values()
        ),
        "versions": [
            {
                "position": one.position,
                "word": STANDINGS[one.state][0],
                "tone": STANDINGS[one.state][1],
                "published_at": one.published_at,
                "change": one.change,
                "href": f"{policy_href(document)}?version={one.position}",
                "current": one.pk == version.pk,
            }
            for one in DocumentVersion.objects.public().filter(document=document)
        ],
        "reviews": DocumentReview.objects.public().filter(document=document),
        "programmes": _programmes(document),
        "file_href": f"{reverse('policy_file', args=[code])}?version={version.position}"
        if version.file
        else "",
    }
    return render(request, "public/policy.html", context)


@login_not_required
@require_safe
def policy_file(request: HttpRequest, code: str) -> HttpResponseBase:
    """The file from which a published version was read, as a download."""
    document = get_object_or_404(PolicyDocument.objects.public().light(), code=code)
    version = _shown_version(request, document)
    if version.file is None:
        raise Http404
    return download(version.file, version.file_name)
