"""What a published rule has set going: everybody matched anew, offers withdrawn and sent."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from miaopu.cases.tasks import first_offering
from miaopu.core.enums import JobState
from miaopu.core.models import Job, User
from miaopu.plans.models import RuleProposal
from miaopu.plans.tasks import first_matching
from miaopu.portal import formats, shapes


@dataclass(frozen=True)
class Consequence:
    """One thing that follows: what, how far it is, and where to see it."""

    text: str
    link: shapes.Link | None = None


def _own(job: Job, user: User, text: str) -> shapes.Link | None:
    """The progress of a job, for whoever started it."""
    if job.created_by_id != user.pk:
        return None
    return shapes.Link(text, reverse("job", kwargs={"pk": job.pk}))


def _matching(job: Job, user: User) -> Consequence:
    progress = _own(job, user, gettext("查看重新匹配的进度"))
    if job.state == JobState.DONE:
        text = gettext("全部企业已重新匹配，共 %(count)s 条结果。") % {
            "count": formats.number(job.result.get("matches", 0))
        }
        return Consequence(text, progress)
    if job.state == JobState.FAILED:
        text = gettext("重新匹配没有完成：%(error)s。请在“可享企业”页重新匹配。")
        return Consequence(text % {"error": job.error}, progress)
    words = {"done": formats.number(job.done), "total": formats.number(job.total)}
    if not job.total:
        return Consequence(gettext("全部企业等待重新匹配，请稍后刷新本页。"), progress)
    text = gettext("正在重新匹配全部企业：%(done)s / %(total)s 户，请稍后刷新本页。") % words
    return Consequence(text, progress)


def _offering(job: Job) -> Consequence:
    offers = shapes.Link(gettext("查看邀约"), reverse("office_offers"))
    if job.state == JobState.DONE:
        words = {name: formats.number(job.result.get(name, 0)) for name in ("offers", "withdrawn")}
        text = gettext("免申即享：发出 %(offers)s 份邀约，撤回或过期 %(withdrawn)s 份。") % words
        return Consequence(text, offers)
    if job.state == JobState.FAILED:
        text = gettext("邀约没有发完：%(error)s。请在“免申即享”页重新发出。")
        return Consequence(text % {"error": job.error}, offers)
    return Consequence(gettext("正在核对和发出免申即享邀约，请稍后刷新本页。"), offers)


def consequences(proposal: RuleProposal, user: User) -> list[Consequence]:
    """What the publication set going; [] before it. Counts only: any reader may know them."""
    if proposal.version is None:
        return []
    found = []
    if (matching := first_matching(proposal.version)) is not None:
        found.append(_matching(matching, user))
    if (offering := first_offering(proposal.version)) is not None:
        found.append(_offering(offering))
    return found
