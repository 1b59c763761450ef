"""The table of a draft: typed, pasted or uploaded; saved while one types; told cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from miaopu.core.enums import Role
from miaopu.core.errors import ActionRefused
from miaopu.core.models import User
from miaopu.plans.decompositions import (
    BASELINE,
    DecompositionTable,
    enterprises_by_region,
    proposal,
    table_of,
)
from miaopu.plans.enums import DecompositionState as State
from miaopu.plans.models import Target, TargetDecomposition
from miaopu.plans.pasted_tables import marked_workbook, pasted_cells, uploaded_block
from miaopu.plans.target_actions import save_cells
from miaopu.plans.typed_tables import workbook
from miaopu.portal import kept_forms, present, shapes
from miaopu.portal.access import role_required
from miaopu.portal.downloads import content_response
from miaopu.portal.performing import in_one_line
from miaopu.portal.target_grid import Grid, seen_cells, sum_words, typed_cells
from miaopu.portal.views.enterprise_form import AUTOSAVE
from miaopu.portal.views.enterprise_scope import person
from miaopu.portal.views.office_parts import CASE_READERS
from miaopu.portal.views.office_target_parts import may_prepare, own_keys, target_or_404
from miaopu.portal.views.public_parts import figure

LONGEST_BLOCK = 100_000


@dataclass(frozen=True)
class Told:
    """What the page says above the table, and in which tone.

    `block` is a pasted or uploaded table with faults: it stays on the page, and can be had as a
    workbook with its wrong cells coloured.
    """

    title: str
    text: str = ""
    tone: str = "soon"
    block: str = ""


@dataclass(frozen=True)
class Pasted:
    """A block that was pasted or uploaded: the cells with it laid over them, what was lost."""

    typed: dict[str, str]
    lost: list[str]
    block: str = ""


def _refusal(refused: ActionRefused) -> Told:
    return Told(present.in_language(refused.message), present.in_language(refused.remedy), "late")


def _draft_or_none(target: Target, user: User) -> TargetDecomposition | None:
    """The target's draft, with its parts, where the user may work on it."""
    if not may_prepare(user, target.version.programme):
        return None
    rows = TargetDecomposition.objects.for_user(user).in_work().with_parts()
    return rows.filter(programme=target.version.programme, key=target.key).first()


def _refused_to_edit(request: HttpRequest, target: Target) -> HttpResponse:
    """Back to the target, saying why its table cannot be worked on."""
    messages.info(request, _("现在没有可以修改的草稿"))
    return redirect("target", target.version.programme.slug, target.key)


def _show(
    request: HttpRequest, target: Target, grid: Grid, told: Told | None = None, status: int = 200
) -> HttpResponse:
    made = grid.table.decomposition
    words, tone = sum_words(grid.sum, grid.table)
    indicator = grid.table.indicator
    kept = kept_forms.kept_data(request) if request.method != "POST" else None
    if kept is not None:
        grid = Grid(grid.table, typed_cells(kept, grid.table))
        told = Told(_("登录失效前填写的内容已放回表中，尚未保存"))
    context = {
        "target": target,
        "made": made,
        "grid": grid,
        "words": words,
        "tone": tone,
        "told": told,
        "wrong": len(grid.errors) + len(grid.conflicts),
        "whole": figure(made.value, made.places),
        "plain_whole": grid.table.text(made.value),
        "total": figure(grid.sum.total, made.places),
        "unit": present.in_language(indicator.unit),
        "title": present.in_language(indicator.title),
        "has_regions": any(one.region_id for one in grid.table.members),
        "slug": target.version.programme.slug,
        "crumbs": [
            shapes.Link(_("目标分解"), reverse("target_board")),
            shapes.Link(
                present.in_language(indicator.title),
                reverse("target", args=[target.version.programme.slug, target.key]),
            ),
            shapes.Link(_("第 %(number)s 版草稿") % {"number": made.number}),
        ],
    }
    return render(request, "office/target_edit.html", context, status=status)


def _pasted(request: HttpRequest, table: DecompositionTable, typed: dict[str, str]) -> Pasted:
    """What was typed with the pasted or uploaded block laid over it, and what found no place."""
    upload = request.FILES.get("file")
    block = request.POST.get("block", "")[:LONGEST_BLOCK]
    if upload is not None:
        content = upload.read(settings.FILE_MAX_BYTES + 1)
        block = uploaded_block(content, upload.name or "", table)
    cells, lost = pasted_cells(block, table)
    return Pasted({**typed, **cells}, lost, block)


def _autosave(
    request: HttpRequest, made: TargetDecomposition, typed: dict[str, str]
) -> JsonResponse:
    seen = seen_cells(request.POST)
    try:
        saved = save_cells(made, typed, seen, by=person(request))
    except ActionRefused as refused:
        return JsonResponse({"message": in_one_line(refused)}, status=refused.status)
    if saved.conflicts:
        text = _("有 %(count)s 个单元格他人已改，尚未保存。请按“保存”逐格核对")
        return JsonResponse({"message": text % {"count": len(saved.conflicts)}}, status=409)
    fresh = table_of(
        TargetDecomposition.objects.for_user(request.user).with_parts().get(pk=made.pk)
    )
    return JsonResponse({"revision": Grid(fresh).seen, "problems": len(saved.errors)})


def _save(
    request: HttpRequest, target: Target, made: TargetDecomposition, pasted: Pasted
) -> HttpResponse:
    typed, lost = pasted.typed, pasted.lost
    try:
        saved = save_cells(made, typed, seen_cells(request.POST), by=person(request))
    except ActionRefused as refused:
        grid = Grid(table_of(made), typed)
        return _show(request, target, grid, _refusal(refused), refused.status)
    fresh = _draft_or_none(target, person(request))
    assert fresh is not None  # just saved
    told: Told | None = None
    if saved.conflicts:
        told = Told(
            _("有 %(count)s 个单元格他人已改，您的数还没有保存") % {"count": len(saved.conflicts)},
            _("不同之处都标在格子下面；再次保存会以这一页的数为准。其他单元格已保存。"),
            "late",
        )
    elif saved.errors:
        told = Told(
            _("有 %(count)s 个单元格看不懂，没有保存") % {"count": len(saved.errors)},
            _("错误写在格子下面；其他单元格已保存。"),
            "late",
        )
    elif lost:
        told = Told(
            _("粘贴的内容中有 %(count)s 处没有对上，其余已保存") % {"count": len(lost)},
            _("没有对上：%(what)s") % {"what": _("、").join(lost[:10])},
        )
    if told is not None:
        told = replace(told, block=pasted.block if saved.errors or lost else "")
        keep = {
            address: text
            for address, text in typed.items()
            if address in saved.errors or address in saved.conflicts
        }
        grid = Grid(table_of(fresh), keep, saved.errors, saved.conflicts)
        return _show(request, target, grid, told, 409 if saved.conflicts else 422)
    messages.success(request, _("已保存"))
    slug = target.version.programme.slug
    if request.POST.get("action") == "done":
        return redirect("target", slug, target.key)
    return redirect("target_edit", slug, target.key)


def _proposed(
    request: HttpRequest, target: Target, table: DecompositionTable, typed: dict[str, str]
) -> HttpResponse:
    grid = Grid(table, typed)
    try:
        cells = proposal(table, grid.baselines)
    except ActionRefused as refused:
        return _show(request, target, grid, _refusal(refused), 422)
    told = Told(
        _("按基数占比填入建议数，尚未保存"), _("合计正好等于目标值，可以再改，改好后保存。")
    )
    return _show(request, target, Grid(table, {**typed, **cells}), told)


def _from_register(
    request: HttpRequest, target: Target, table: DecompositionTable, typed: dict[str, str]
) -> HttpResponse:
    codes = {one.pk: one.region_id for one in table.members if one.region_id}
    counts = enterprises_by_region(target.version.programme, codes.values())
    cells = {f"{pk}.{BASELINE}": str(counts[code]) for pk, code in codes.items()}
    told = Told(_("已用在册存续企业数作基数，尚未保存"), _("再按“按基数占比填入”得到建议数。"))
    return _show(request, target, Grid(table, {**typed, **cells}), told)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(Role.PROGRAMME_OFFICER)
def target_edit(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The table of the draft; POST saves it, fills it or works it out again."""
    target = target_or_404(slug, key)
    made = _draft_or_none(target, person(request))
    if made is None or (made.state != State.DRAFT and request.method != "POST"):
        return _refused_to_edit(request, target)
    table = table_of(made)
    if request.method != "POST":
        return _show(request, target, Grid(table))
    typed = typed_cells(request.POST, table)
    if AUTOSAVE in request.headers:
        return _autosave(request, made, typed)
    action = request.POST.get("action", "save")
    if action == "recompute":
        return _show(request, target, Grid(table, typed))
    if action == "propose":
        return _proposed(request, target, table, typed)
    if action == "register":
        return _from_register(request, target, table, typed)
    pasted = Pasted(typed, [])
    if action == "paste":
        try:
            pasted = _pasted(request, table, typed)
        except ActionRefused as refused:
            return _show(request, target, Grid(table, typed), _refusal(refused), 422)
    return _save(request, target, made, pasted)


@require_POST
@role_required(Role.PROGRAMME_OFFICER)
def target_marked(request: HttpRequest, slug: str, key: str) -> HttpResponseBase:
    """The block that stands on the page as a workbook with its faults; writes nothing."""
    target = target_or_404(slug, key)
    made = _draft_or_none(target, person(request))
    if made is None:
        return _refused_to_edit(request, target)
    block = request.POST.get("block", "")[:LONGEST_BLOCK]
    name = _("%(key)s-有误.xlsx") % {"key": key}
    return content_response(marked_workbook(block, table_of(made)), name, "xlsx")


@require_safe
@role_required(*CASE_READERS)
def target_export(request: HttpRequest, slug: str, key: str) -> HttpResponseBase:
    """The table as a workbook, to be filled in and uploaded again; what the reader may see."""
    target, user = target_or_404(slug, key), person(request)
    rows = TargetDecomposition.objects.for_user(user).with_parts()
    rows = rows.filter(programme=target.version.programme, key=key).order_by("-number")
    made = rows.in_work().first() or rows.approved().first()
    if made is None:
        raise Http404
    name = f"{target.version.pack.indicators[target.indicator].title.zh}-{target.period}.xlsx"
    return content_response(workbook(table_of(made), own_keys(user, made)), name, "xlsx")
