"""The application one thing per page: what stands together, what is done, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from miaopu.cases.forms import check_form
from miaopu.cases.models import Case
from miaopu.portal import shapes
from miaopu.portal.case_form import anchor, group_title, sources_of
from miaopu.portal.present import in_language
from miaopu.portal.shapes import Text

if TYPE_CHECKING:
    from miaopu.engine.packs.procedure import FormField

ALL = "all"  # every question on one page, for who prefers it
TOGETHER = 3  # questions on a page at the most


@dataclass(frozen=True)
class QuestionPage:
    """One question, or a few that belong together: their ids begin alike (bank_name, bank_…)."""

    id: str
    questions: tuple[FormField, ...]
    heading: Text = ""  # what they are about, in a word

    @property
    def title(self) -> str:
        """What is asked: the question itself, or what several are about."""
        if len(self.questions) == 1:
            return in_language(self.questions[0].title)
        return str(self.heading)

    @property
    def is_personal(self) -> bool:
        """Whether something is asked that not everybody may read."""
        return any(question.personal for question in self.questions)

    @property
    def names(self) -> frozenset[str]:
        """The ids of its questions."""
        return frozenset(question.id for question in self.questions)

    def href(self, case: Case, query: str = "") -> str:
        """Its address."""
        return reverse("case_question", args=[case.number, self.id]) + query


def pages_of(case: Case) -> list[QuestionPage]:
    """The pages in the pack's order."""
    pages = []
    for _prefix, group in groupby(case.questions, lambda one: one.id.partition("_")[0]):
        questions = tuple(group)
        for start in range(0, len(questions), TOGETHER):
            part = questions[start : start + TOGETHER]
            pages.append(QuestionPage(part[0].id, part, group_title(part, case.questions)))
    return pages


def page_named(case: Case, name: str) -> QuestionPage | None:
    """The page with this id, or all questions together; None where there is no such page."""
    if name == ALL:
        return QuestionPage(ALL, case.questions, _("填写申报表"))
    return next((page for page in pages_of(case) if page.id == name), None)


def is_right(case: Case, page: QuestionPage) -> bool:
    """Whether what is saved for the page can be handed in."""
    _values, problems = check_form(page.questions, case.form)
    return not problems


def _is_begun(case: Case, page: QuestionPage) -> bool:
    return any(case.form.get(name) not in (None, "", False) for name in page.names)


def first_wrong(case: Case) -> QuestionPage | None:
    """The first page whose answers cannot be handed in; None where all is right."""
    return next((page for page in pages_of(case) if not is_right(case, page)), None)


def where_next(case: Case, page: QuestionPage) -> str:
    """Where saving a page leads: the next one with something to answer, the papers, or the check.

    What the state has filled in already is skipped; it is seen once more at the check.
    """
    pages = pages_of(case)
    at = next((number for number, one in enumerate(pages) if one.id == page.id), len(pages) - 1)
    for one in [*pages[at + 1 :], *pages[: at + 1]]:
        if one.id != page.id and not is_right(case, one):
            return one.href(case)
    if case.item.definition.materials and not case.files.kept().exists():
        return reverse("case_files", args=[case.number])
    return reverse("case_check", args=[case.number])


def question_hrefs(case: Case) -> dict[str, str]:
    """Where each answer is changed, on the way back to the check."""
    return {
        question.id: page.href(case, f"?then=check#{anchor(question)}")
        for page in pages_of(case)
        for question in page.questions
    }


def _state(case: Case, page: QuestionPage) -> tuple[str, str]:
    """State of a page in the task list, and what is said of it."""
    if not is_right(case, page):
        begun = _is_begun(case, page)
        return ("doing", _("已保存，还有内容要改正")) if begun else ("todo", "")
    sources = sources_of(case)
    known = {
        sources[name].source_label
        for name in page.names & sources.keys()
        if str(case.form.get(name, "")) == sources[name].text
    }
    if known and all(name in sources for name in page.names):
        words = {"source": _("、").join(sorted(known))}
        return "known", _("来自%(source)s，有误可以修改") % words
    if not _is_begun(case, page):
        return "todo", _("选填")
    return "done", ""


def tasks_of(case: Case) -> list[shapes.Task]:
    """The task list of a draft: the questions, the papers, the check."""
    tasks = []
    for page in pages_of(case):
        state, hint = _state(case, page)
        tasks.append(shapes.Task(page.title, page.href(case), state, hint))  # type: ignore[arg-type]
    materials = case.item.definition.materials
    if materials:
        given = set(case.files.kept().values_list("material", flat=True))
        wanting = [one for one in materials if one.required and one.id not in given]
        tasks.append(
            shapes.Task(
                _("上传材料"),
                reverse("case_files", args=[case.number]),
                "done" if given and not wanting else "todo",
                _("、").join(in_language(one.title) for one in wanting)
                or ("" if given else _("选填")),
            )
        )
    ready = first_wrong(case) is None
    tasks.append(
        shapes.Task(
            _("核对并提交"),
            reverse("case_check", args=[case.number]),
            "todo" if ready else "blocked",
            "" if ready else _("填完上面的内容后就可以核对"),
        )
    )
    return tasks
