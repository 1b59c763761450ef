"""Papers of an application: handing them in, and getting them back as downloads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.forms.utils import ErrorDict
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopu.cases.actions import attach_file
from miaopu.cases.drafts import remove_file
from miaopu.cases.enums import CaseState
from miaopu.cases.models import Case, CaseFile
from miaopu.core.actions import MEDIA_TYPES
from miaopu.core.errors import ActionRefused, NotAllowed
from miaopu.portal import shapes
from miaopu.portal.access import party_required
from miaopu.portal.downloads import file_response
from miaopu.portal.performing import perform
from miaopu.portal.present import in_language
from miaopu.portal.views.enterprise_scope import case_or_404, person

if TYPE_CHECKING:
    from miaopu.engine.packs.procedure import Material

# Kinds by type, so that a phone offers its camera beside its files.
ACCEPT = ",".join([*MEDIA_TYPES.values(), *(f".{one}" for one in MEDIA_TYPES), ".jpeg"])

UPLOAD = "Upload"  # the header by which a page uploads and shows the progress


class FileForm(forms.Form):
    """One file for one kind of paper. What is wrong with it the action says."""

    use_required_attribute = False
    material = forms.CharField(widget=forms.HiddenInput, max_length=64)
    file = forms.FileField(allow_empty_file=True, widget=forms.FileInput({"accept": ACCEPT}))

    def __init__(self, material: Material, *, wrong: str = "") -> None:
        prefix = f"file_{material.id}"
        if wrong:
            super().__init__({"material": material.id}, MultiValueDict(), auto_id=f"{prefix}_%s")
        else:
            super().__init__(initial={"material": material.id}, auto_id=f"{prefix}_%s")
        self.fields["file"].label = _("选择文件")
        self.fields["file"].help_text = _("PDF、PNG、JPG、Word（docx）或 Excel（xlsx），不超过20兆")
        self._wrong = wrong

    def full_clean(self) -> None:
        """Show what the action said."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, object] = {}
        if self._wrong:
            self.add_error("file", self._wrong)


@dataclass(frozen=True)
class GivenFile:
    """A file that was handed in, and where it is removed while the case is a draft."""

    text: str
    href: str
    remove_href: str


@dataclass(frozen=True)
class MaterialRow:
    """A kind of paper with what was handed in, and the form for another file."""

    material: Material
    title: str
    files: list[GivenFile]
    form: FileForm

    @property
    def wanting(self) -> bool:
        """Whether the paper is required and not there yet."""
        return self.material.required and not self.files


def material_rows(case: Case, wrong: tuple[str, str] = ("", "")) -> list[MaterialRow]:
    """The papers that the item asks for; `wrong` is (material, what was refused about its file)."""
    given: dict[str, list[GivenFile]] = defaultdict(list)
    for one in case.files.kept().select_related("file").order_by("pk"):
        text = f"{one.name} ({filesizeformat(one.file.size)})"
        href = reverse("my_file", args=[one.pk])
        remove = reverse("case_file_remove", args=[case.number, one.pk])
        given[one.material].append(GivenFile(text, href, remove))
    return [
        MaterialRow(
            material,
            in_language(material.title),
            given[material.id],
            FileForm(material, wrong=wrong[1] if wrong[0] == material.id else ""),
        )
        for material in case.item.definition.materials
    ]


def posted_material(request: HttpRequest) -> str:
    """For which kind of paper a file was posted."""
    return request.POST.get("material", "").replace("\x00", "")


def hand_in(request: HttpRequest, case: Case) -> str:
    """Attach the posted file; says what is wrong with it, "" once it is kept."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        return _("请选择要上传的文件")
    content = upload.read(settings.FILE_MAX_BYTES + 1)
    name = (upload.name or "").replace("\x00", "")
    try:
        attach_file(case, posted_material(request), name, content, by=person(request))
    except NotAllowed:
        raise
    except ActionRefused as refused:
        return _("%(message)s。%(remedy)s") % {
            "message": refused.message,
            "remedy": refused.remedy,
        }
    return ""


def show_files(
    request: HttpRequest, case: Case, *, wrong_file: tuple[str, str] = ("", "")
) -> HttpResponse:
    """The page of the papers."""
    rows = material_rows(case, wrong_file)
    context = {
        "case": case,
        "title": in_language(case.item.name),
        "materials": rows,
        "wanting": [row.title for row in rows if row.wanting],
        "crumbs": [
            shapes.Link(_("我的首页"), reverse("my_home")),
            shapes.Link(case.number, reverse("my_case", args=[case.number])),
            shapes.Link(_("填写申报表"), reverse("case_form", args=[case.number])),
            shapes.Link(_("上传材料")),
        ],
    }
    return render(request, "enterprise/files.html", context)


def _add(request: HttpRequest, case: Case) -> HttpResponse:
    material = posted_material(request)
    wrong = hand_in(request, case)
    asks_for_data = UPLOAD in request.headers  # the page shows progress, and goes on itself
    if not wrong:
        messages.success(request, _("文件已上传"))
        here = reverse("case_files", args=[case.number])
        return JsonResponse({"href": here}) if asks_for_data else redirect(here)
    if asks_for_data:
        return JsonResponse({"message": wrong}, status=409)
    known = {one.id for one in case.item.definition.materials}
    if case.state != CaseState.DRAFT or material not in known:
        messages.error(request, wrong)
        return redirect("my_case", case.number)
    return show_files(request, case, wrong_file=(material, wrong))


@party_required
@require_http_methods(["GET", "HEAD", "POST"])
def case_files(request: HttpRequest, number: str) -> HttpResponse:
    """The papers of a draft; POST hands in one file."""
    case = case_or_404(request, number)
    if request.method == "POST":
        return _add(request, case)
    if case.state != CaseState.DRAFT:
        return redirect("my_case", case.number)
    return show_files(request, case)


@party_required
@require_POST
def case_file_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a file out of a draft."""
    case = case_or_404(request, number)
    mine = CaseFile.objects.for_user(request.user).filter(case=case)
    attached = get_object_or_404(mine.select_related("case"), pk=pk)
    perform(request, lambda: remove_file(attached, by=person(request)), _("文件已移除"))
    return redirect("case_files", case.number)


@party_required
@require_safe
def my_file(request: HttpRequest, pk: int) -> FileResponse:
    """A file of one of the person's cases, as a download."""
    mine = CaseFile.objects.for_user(request.user).select_related("file")
    return file_response(get_object_or_404(mine, pk=pk))
