"""Rules in the pages: read, tried, changed with every error at its field, published by another."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from miaopu.core.models import Job
from miaopu.plans.models import ProgrammeVersion, RuleProposal, Simulation
from miaopu.plans.simulating import Question, open_simulation, run_simulation
from miaopu.plans.tasks import simulate_rules
from tests.factories import NANMING, City, make_enterprise
from tests.harness.pages import StrictClient
from tests.plans.proposals import ITEM, draft_of, proposed, simulated
from tests.plans.test_rule_versions import BAD

pytestmark = pytest.mark.django_db
RULE = {"slug": "guiyang-2018", "code": ITEM}


def browser(user: Any) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def typed(draft: RuleProposal, **changes: Any) -> dict[str, Any]:
    """What the form posts when nothing but `changes` was typed."""
    data: dict[str, Any] = {"revision": draft.revision, "amount": "45000", "why": "扩大覆盖面"}
    for mark, key in (("c", "conditions"), ("p", "priority")):
        for number, one in enumerate(draft.part[key]):
            data[f"{mark}{number}_id"] = one["id"]
            data[f"{mark}{number}_zh"] = one["title"]["zh"]
            data[f"{mark}{number}_en"] = one["title"]["en"]
            if one.get("when"):
                data[f"{mark}{number}_when"] = one["when"]
            if "points" in one:
                data[f"{mark}{number}_points"] = one["points"]
    return data | {"s_province": 7, "s_city": 1, "s_county": 2} | changes


def start(city: City) -> tuple[StrictClient, RuleProposal, str]:
    client = browser(city.programme_officer)
    client.post(reverse("rule_change", kwargs=RULE))
    draft = RuleProposal.objects.get()
    return client, draft, reverse("rule_proposal_edit", kwargs={"pk": draft.pk})


def test_a_rule_is_read_and_tried(city: City) -> None:
    page = browser(city.reviewer).get(reverse("rule", kwargs=RULE)).content.decode()
    assert "size = &#x27;micro&#x27;" in page and "企业规模" in page
    assert "人社" in page or "人力" in page  # who owes the number of employees
    tried = browser(city.reviewer).get(
        reverse("rule", kwargs=RULE), {"enterprise": city.enterprise.number}
    )
    assert "reason-true" in tried.content.decode()
    assert "数据都符合，还要由人判断" in tried.content.decode()
    assert "金额 45,000.00 元" in tried.content.decode()
    other = browser(city.other_reviewer).get(
        reverse("rule", kwargs=RULE), {"enterprise": city.enterprise.number}
    )
    assert other.status_code == 404
    found = browser(city.reviewer).get(reverse("rule", kwargs=RULE), {"q": "苗岭"})
    assert "reason-true" in found.content.decode()  # the only one in her district


def test_a_change_is_saved_proposed_and_published(city: City) -> None:
    client, draft, edit = start(city)
    answer = client.post(
        edit, typed(draft, c0_when="employees <= 20", c3_id="", c3_when="employees > 1")
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert [one["id"] for one in draft.part["conditions"]][-1] == "added_1"
    assert draft.part["conditions"][-1]["title"]["zh"]  # read out where no title was typed
    step = lambda name: reverse("rule_proposal_step", kwargs={"pk": draft.pk, "step": name})  # noqa: E731
    assert client.post(step("propose")).status_code == 302
    assert client.post(step("publish")).status_code == 422  # nothing signed
    second = browser(city.leading_group)
    here = reverse("rule_proposal", kwargs={"pk": draft.pk})
    assert "看过影响再发布" in second.get(here).content.decode()
    second.post(step("simulate"))
    key = Simulation.objects.get().key
    page = second.get(here).content.decode()
    assert key in page and "受损" in page
    signed = {"seen": key, "signed": "on", "reason": "同意"}
    refused = browser(city.programme_officer).post(step("publish"), signed)
    assert refused.status_code == 403
    assert second.post(step("publish"), {"seen": key}).status_code == 422
    assert second.post(step("publish"), signed).status_code == 302
    assert second.post(step("publish"), signed).status_code == 302  # a double click
    assert ProgrammeVersion.objects.get(state="current").number == 2
    assert Job.objects.filter(key__startswith="match/").count() == 1
    assert "第 2 版" in second.get(here).content.decode()
    [job] = Job.objects.filter(key__startswith="match/")
    assert "等待重新匹配" in client.get(here).content.decode()  # her colleague started it
    Job.objects.filter(pk=job.pk).update(state="done", result={"matches": 7})
    page = client.get(here).content.decode()
    assert "共 7 条结果" in page and reverse("job", kwargs={"pk": job.pk}) not in page
    assert client.get(edit).status_code == 302  # no longer editable


@pytest.mark.parametrize(("when", "position", "remedy"), BAD[:6], ids=lambda one: str(one)[:20])
def test_errors_stand_at_their_field_and_nothing_is_lost(
    city: City, when: str, position: int, remedy: str
) -> None:
    client, draft, edit = start(city)
    data = typed(draft, p0_when=when, why="<b>为什么</b>", c0_zh="新名称")
    answer = client.post(edit, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"第 {position + 1} 个字符处" in page and remedy in page and "▸" in page
    assert 'href="#rule_p0_when"' in page
    assert "&lt;b&gt;为什么" in page and "新名称" in page
    draft.refresh_from_db()
    assert draft.revision == 1


def test_long_and_deep_expressions_are_told(city: City) -> None:
    client, draft, edit = start(city)
    for when in (BAD[-1][0], BAD[-2][0], "employees <= 20 or " * 1200 + "true"):
        answer = client.post(edit, typed(draft, c0_when=when))
        assert answer.status_code == 422
        assert 'href="#rule_c0_when"' in answer.content.decode()


def test_an_expression_is_checked_while_it_is_typed(city: City) -> None:
    client = browser(city.programme_officer)
    here = reverse("rule_check", kwargs={"slug": "guiyang-2018"})
    said = client.post(here, {"c0_when": "employees <= 20"}, headers={"HX-Trigger-Name": "c0_when"})
    assert "从业人员不超过 20 人" in said.content.decode()
    wrong = client.post(here, {"amount": "45000 +"}, headers={"HX-Trigger-Name": "amount"})
    assert "field-error" in wrong.content.decode()


def test_another_tab_is_told_and_keeps_what_was_typed(city: City) -> None:
    client, draft, edit = start(city)
    assert client.post(edit, typed(draft, c0_when="employees <= 20")).status_code == 302
    answer = client.post(edit, typed(draft, c0_when="employees <= 99"))
    assert answer.status_code == 409 and "employees &lt;= 99" in answer.content.decode()


def test_an_outdated_proposal_is_told_and_rebased(city: City) -> None:
    mine = proposed(city, "employees <= 30")
    other = proposed(city, "employees <= 25")
    second = browser(city.leading_group)
    steps = {
        one.pk: reverse("rule_proposal_step", kwargs={"pk": one.pk, "step": "publish"})
        for one in (mine, other)
    }
    signed = {"seen": simulated(other, city).key, "signed": "on"}
    assert second.post(steps[other.pk], signed).status_code == 302
    late = second.post(steps[mine.pk], {"seen": simulated(mine, city).key, "signed": "on"})
    assert late.status_code == 409 and "第 2 版" in late.content.decode()
    maker = browser(city.programme_officer)
    maker.post(reverse("rule_proposal_step", kwargs={"pk": mine.pk, "step": "rebase"}))
    mine.refresh_from_db()
    assert (mine.state, mine.base.number) == ("draft", 2)


def test_drafts_are_their_makers(city: City) -> None:
    draft = draft_of(city, "employees <= 20")
    here = reverse("rule_proposal", kwargs={"pk": draft.pk})
    assert browser(city.leading_group).get(here).status_code == 404
    assert browser(city.programme_officer).get(here).status_code == 200


def test_the_simulator_tries_saves_and_exports(city: City) -> None:
    make_enterprise(NANMING, name='=HYPERLINK("http://x","y")', employees=15)
    draft = draft_of(city, "employees <= 10")
    client = browser(city.programme_officer)
    rule = f"p/{draft.pk}/{ITEM}"
    answer = client.post(reverse("simulator"), {"rule": rule, "against": ""})
    found = Simulation.objects.get()
    here = reverse("simulation", kwargs={"pk": found.pk})
    assert answer["Location"] == here
    page = client.get(here, {"kind": "lose"}).content.decode()
    assert found.key in page and "分区域" in page
    assert client.post(reverse("simulation_save", kwargs={"pk": found.pk}), {}).status_code == 422
    client.post(reverse("simulation_save", kwargs={"pk": found.pk}), {"name": "收紧到十人"})
    assert "收紧到十人" in client.get(reverse("simulator")).content.decode()
    file = client.get(reverse("simulation_export", kwargs={"pk": found.pk}))
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {"分区域", "分行业", "两个版本的规则", "资金线", "按优先分排队"} <= set(book.sheetnames)
    [*_groups, total] = book["分区域"].iter_rows(values_only=True)
    assert total[:3] == ("合计", 3, 2)  # under the version beside it, and under the draft
    assert ("第 1 版", f"第 {draft.pk} 号修改") == tuple(
        cell.value for cell in book["两个版本的规则"][1][1:]
    )
    asked = {"money": "50,000", "places": "2"}
    page = client.get(here, asked).content.decode()
    assert "按假设：" in page and "money=50%2C000" in page  # in the address to be shared
    assert "约可支持 1 户" in page  # two places, but money for one
    assert "金额须大于零" in client.get(here, {"money": "0"}).content.decode()
    file = client.get(reverse("simulation_export", kwargs={"pk": found.pk}), asked)
    whole = dict(openpyxl.load_workbook(io.BytesIO(file.content))["合计"].values)
    assert whole["假设资金总额（元）"] == 50_000 and "约可支持 1 户" in whole["按假设"]
    assert client.post(reverse("simulator"), {"rule": "v/9999/x"}).status_code == 422


def test_names_of_other_districts_are_not_shown(city: City) -> None:
    found = simulated(proposed(city, "employees > 100"), city)  # all lose
    here = reverse("simulation", kwargs={"pk": found.pk})
    for user, mine, other in (
        (city.reviewer, city.enterprise, city.other_enterprise),
        (city.other_reviewer, city.other_enterprise, city.enterprise),
    ):
        page = browser(user).get(here).content.decode()
        assert mine.name in page and other.name not in page
        file = browser(user).get(reverse("simulation_export", kwargs={"pk": found.pk}))
        sheet = openpyxl.load_workbook(io.BytesIO(file.content))["谁受益谁受损"]
        assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == [mine.name]


def test_a_broken_off_simulation_goes_on(city: City) -> None:
    """The job of a worker that was killed runs again, and a third time changes nothing."""
    question = Question(ITEM, proposed(city), city.version)
    simulation = open_simulation(question, by=city.programme_officer)
    job = Job.objects.create(key="simulate/1", title="x", created_by=city.programme_officer,
                             created_at=simulation.made_at, total=2, done=1)  # fmt: skip
    simulate_rules(job_id=job.pk, simulation_id=simulation.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"simulation": simulation.pk})
    first = run_simulation(Simulation.objects.get())
    simulate_rules(job_id=job.pk, simulation_id=simulation.pk)
    assert Simulation.objects.get().finished_at == first.finished_at
    page = browser(city.programme_officer).get(reverse("job", kwargs={"pk": job.pk}))
    assert reverse("simulation", kwargs={"pk": simulation.pk}) in page.content.decode()


def test_the_language_is_explained_and_nobody_is_left_with_an_empty_answer(city: City) -> None:
    client = browser(city.reviewer)
    page = client.get(reverse("rule_language")).content.decode()
    assert "第 17 个字符处" in page and "写成 and" in page  # what the parser says, not the page
    assert "从业人员不超过 20 人" in page and "founder_group" in page
    found = simulated(proposed(city, "employees > 100"), city)
    page = client.get(reverse("simulation", kwargs={"pk": found.pk})).content.decode()
    assert "没有企业符合这条规则" in page and "不用资金" in page
    assert "现行规则" not in page  # the version beside it will not be in force for ever
