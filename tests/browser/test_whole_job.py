"""The main job, whole: from a department's workbook to the recomputed open data.

Six people of offices, two owners of enterprises and the public, each in a browser of their own; the
background jobs run in a worker process of their own, as in an installation.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from miaopu.core.models import Event, User
from miaopu.engine import uscc
from miaopu.parties.actions import add_representative
from miaopu.parties.models import Enterprise
from tests.browser.papers import (
    PDF,
    corrected,
    filled_in,
    marked_cells,
    payments_of,
    results,
    words_of,
)
from tests.browser.people import PASSWORD, Person
from tests.browser.test_path import ANSWERS, fill_in
from tests.factories import YUNYAN

pytestmark = pytest.mark.browser

DESK, PHONE = 1366, 375
ROOT = Path(__file__).resolve().parents[2]
FIGURES = "guiyang-2018"
RIGHT_ACCOUNT = "6222020200088888888"
Make = Callable[..., Person]


def row(serial: int, name: str, **changed: Any) -> dict[str, Any]:
    """A sound row of the workbook."""
    return {
        "统一社会信用代码": uscc.make("9", "1", YUNYAN, 50_000_000 + serial),
        "企业名称": name,
        "所在区域": "云岩区",
        "行业": "5212",
        "法定代表人": "王小苗",
        "联系电话": "13800138000",
        "成立日期": "2017-03-01",
        "从业人员": 4,
        "营业收入（元）": 800_000,
        "资产总额（元）": 300_000,
        "创办人所属群体": "返乡农民工",
        "带动重点人员就业": 1,
        "位于低收入困难村": "否",
        **changed,
    }


APPLIES, CONSENTS, WANTING = "贵阳申报商行", "贵阳确认商行", "贵阳缺数商行"
ROWS = (
    row(1, CONSENTS),
    row(2, APPLIES, 从业人员="许多"),
    row(3, "贵阳错码商行", 统一社会信用代码="915201030000000000"),
    row(4, WANTING, 从业人员=12, **{"营业收入（元）": None}),
)


def figure(person: Person, label: str) -> int:
    """A number of the page by its label, the first of that name."""
    shown = person.page.locator("main .figure").filter(
        has=person.page.locator(".figure-label", has_text=re.compile(f"^{label}$"))
    )
    text = shown.first.locator(".figure-value").inner_text()
    return int(re.sub(r"[^0-9]", "", text.split("元")[0].split("户")[0]))


def owner_of(name: str) -> str:
    """The log-in of whoever acts for an enterprise, as the operator of the site adds it."""
    enterprise = Enterprise.objects.get(name=name)
    user = User.objects.create_user(f"owner-{enterprise.pk}", password=PASSWORD, name="王小苗")
    user.kind = "party"
    user.save(update_fields=["kind"])
    add_representative(user, enterprise, by=None)
    return user.username


def upload(officer: Person, file: str, content: bytes, found: str) -> None:
    """Hand a workbook in and wait for what its check found."""
    officer.go("数据导入").press("上传文件")
    officer.page.locator("[name=source]").select_option("officer")
    officer.attach("file", file, content).press("上传并检查").wait_for(found)


def bring_in(officer: Person) -> bytes:
    """A workbook with wrong rows: told by cell, given back, the sound rows written."""
    officer.sign_in("city-programme").go("数据导入").press("上传文件")
    template = officer.download("下载模板（经办核实）")
    upload(officer, "企业.xlsx", filled_in(template, ROWS), "确认后写入 2 行；有误的 2 行不写入")
    told = officer.text()
    assert "“许多”不是数字" in told
    returned = officer.download("下载退回的工作簿")
    marked = marked_cells(returned)
    assert len(marked) == 2, marked
    for cell, text in marked.items():  # the page and the workbook name the same cells
        assert cell in told, (cell, text)
    assert any("不是数字" in text for text in marked.values())
    officer.press("确认写入").wait_for("已登记 2 户企业")
    return returned


def match(officer: Person) -> None:
    """Everybody is matched; the figures grow by the enterprises that came in."""
    officer.go("可享企业")
    before = {label: figure(officer, label) for label in ("可享", "缺少数据")}
    officer.press("重新匹配").wait_for("查看可享企业").press("查看可享企业")
    assert figure(officer, "可享") == before["可享"] + 1
    assert figure(officer, "缺少数据") == before["缺少数据"] + 1
    assert figure(officer, "全部兑现需要") == 45_000 * figure(officer, "可享")
    officer.go("查找企业").fill(q=WANTING).page.keyboard.press("Enter")
    officer.wait_for(WANTING).press(WANTING)
    assert "营业收入" in officer.text()
    assert "税务" in officer.text()  # who owes what is missing


def apply(owner: Person, username: str) -> str:
    """Apply: one thing per page, a file, check, receipt; the number."""
    owner.sign_in(username).press("查看并申报").press("开始申报").press("继续填写")
    fill_in(owner)
    owner.attach("file", "经营计划.pdf", PDF)
    owner.page.get_by_role("button", name=re.compile("^上传")).first.click()
    owner.wait_for("经营计划.pdf").press("下一步：核对并提交").press("确认提交")
    number = owner.page.url.rstrip("/").split("/")[-2]
    expect(owner.page.locator(".receipt")).to_contain_text(number)
    return number


def consent(owner: Person, username: str) -> str:
    """Consent to the offer that the match brought; the number of the case."""
    owner.sign_in(username)
    for _try in range(30):  # offers are issued by a job that follows the match
        if "查看并确认" in owner.text():
            break
        owner.page.wait_for_timeout(500)
        owner.open("/my/")
    owner.press("查看并确认")
    owner.fill(bank_name=ANSWERS["bank_name"], bank_account=ANSWERS["bank_account"])
    owner.tick("[name=commitment]").press("确认享受")
    found = re.search(r"[0-9]{8,}", owner.page.locator(".page-head, main").first.inner_text())
    assert found
    return found[0]


def propose(reviewer: Person, number: str) -> None:
    """Judge what only a person can judge, and propose."""
    reviewer.go("办件").press(number)
    reviewer.tick("[name=decide_mature][value=yes]", "[name=signed]").press("提出同意意见")
    assert "拟同意" in reviewer.text()


def correct_once(reviewer: Person, owner: Person, number: str) -> None:
    """Returned with what is missing; the owner changes that alone and hands it in again."""
    reviewer.unfold("要求补正").fill(point_field_bank_account="请核对账号")
    reviewer.press("退回企业补正")
    assert "暂停" in reviewer.text()
    owner.go("我的首页").page.locator("main .task-list a").first.click()
    owner.wait_for("请核对账号").fill(bank_account=RIGHT_ACCOUNT).press("保存并核对")
    owner.press("提交补正")


def object_to(public: Person, enterprise: str) -> tuple[str, str]:
    """Object to a line without signing in; number and code."""
    public.open("/")
    public.page.locator("main").get_by_role("link", name="云岩区：微型企业直接补助").click()
    public.press("提出异议")
    line = public.page.locator("[name=line]")
    line.select_option(line.locator("option").filter(has_text=enterprise).get_attribute("value"))
    public.fill(text="这一户已经停业两个月", name="陈邻居", contact="13900139000")
    public.attach("file", "照片.pdf", PDF).press("提交异议")
    code = public.page.locator(".code-once").inner_text()
    return public.page.locator(".summary-card h2").inner_text(), code


def decide(approver: Person, public: Person, objection: tuple[str, str]) -> None:
    """A line is decided, the other one after the answer, which the public reads."""
    approver.go("待办").press("微型企业直接补助 · 云岩区")
    assert "1 件有未答复的异议" in approver.text()
    approver.press("逐件决定扶持")
    listed = approver.page.url
    approver.go("公示异议").press(objection[0])
    approver.tick("[name=result][value=dismissed]").fill(reason="实地核实，仍在经营").press("答复")
    approver.open(listed.removeprefix(approver.site)).press("逐件决定扶持")
    assert "名单上的办件都已决定" in approver.text()
    public.open("/publicity/objections/").fill(number=objection[0], code=objection[1])
    public.press("查询")
    assert "实地核实，仍在经营" in public.text()


def pay_in_batches(maker: Person, booker: Person, owner: Person, awards: tuple[str, str]) -> None:
    """One batch with one failure; the account put right; the second batch pays it."""
    paid, failed = awards
    maker.go("拨付").press("建立付款批次").press("冻结清单，建立批次")
    number = maker.page.locator("h1").inner_text()
    *rows, total = payments_of(maker.download("银行文件（Excel）"))
    assert {one["收款账号"] for one in rows} == {RIGHT_ACCOUNT, ANSWERS["bank_account"]}
    assert {one["收款户名"] for one in rows} == {APPLIES, CONSENTS}
    assert total["金额（元）"] == "90000.00"

    booker.go("付款批次").press(number)
    good = ("已付", "B2018-1", "2018-05-22", "", "")
    bad = ("失败", "", "", "户名不符", "是")
    answer = results(booker.download("下载结果模板（CSV）"), {paid: good, failed: bad})
    booker.attach("file", "结果.csv", answer).press("上传并核对")
    assert figure(booker, "将登记") == 2
    booker.press("确认登记")

    owner.go("我的首页").page.locator("main .task-list a").first.click()
    owner.wait_for("户名不符").fill(bank_account="6222020200077777777").press("确认收款账户")

    maker.go("拨付").press("建立付款批次").press("冻结清单，建立批次")
    second = maker.page.locator("h1").inner_text()
    booker.go("付款批次").press(second).press("登记结果")
    booker.tick("[name=result][value=paid]").fill(reference="B2018-2").press("登记结果")
    assert "已付" in booker.text()


def recompute(archive: bytes, site: str, folder: Path) -> None:
    """The program of one page works every figure out again, from the files and from the site."""
    (folder / "set.zip").write_bytes(archive)
    program = [sys.executable, "-I", "-S", str(ROOT / "tools" / "recompute_open_data.py")]
    for source in (str(folder / "set.zip"), site):
        done = subprocess.run([*program, source], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_main_job(person: Make, worker: None, tmp_path: Path, capsys: Any) -> None:
    officer = person(DESK)
    returned = bring_in(officer)
    consenting = owner_of(CONSENTS)
    match(officer)
    second = corrected(returned, 3, "从业人员", 4, without=4)
    upload(officer, "退回-企业.xlsx", second, "确认后写入 1 行")
    officer.press("确认写入").wait_for("已登记 1 户企业")

    applicant, consenter = person(PHONE), person(PHONE)
    applied = apply(applicant, owner_of(APPLIES))
    consented = consent(consenter, consenting)

    reviewer = person(DESK).sign_in("yunyan-reviewer")
    for number in (applied, consented):
        reviewer.go("办件").press(number).press("受理，开始审核")
    reviewer.go("办件").press(applied)
    correct_once(reviewer, applicant, applied)
    for number in (applied, consented):
        propose(reviewer, number)

    approver = person(DESK).sign_in("yunyan-approver")
    for number in (applied, consented):
        approver.go("办件").press(number).press("批准")
    approver.go("公示准备").press("发布这份名单")

    public = person(PHONE)
    objection = object_to(public, CONSENTS)
    listed = public.open("/publicity/").press("guiyang-2018-520103-0001").text()
    assert "45,000" in listed
    assert ANSWERS["bank_account"] not in listed
    officer.page.get_by_role("link", name="调整日期").click()
    officer.press("推进 公示 guiyang-2018-520103-0001 结束的次日")
    decide(approver, public, objection)

    applicant.go("我的办件").press(applied)
    letter = words_of(applicant.download("下载决定书（PDF）"))
    assert APPLIES in letter
    assert "45,000" in letter

    maker = person(DESK).sign_in("yunyan-finance")
    booker = person(DESK).sign_in("city-finance")
    pay_in_batches(maker, booker, consenter, (f"A{applied}", f"A{consented}"))
    consenter.go("我的办件").press(consented)
    assert "扶持资金已拨付" in consenter.text()

    leader = person(DESK).sign_in("leading-group").go("计划看板")
    assert (figure(leader, "已决定扶持"), figure(leader, "已拨付")) == (2, 90_000)
    public.open("/")
    assert figure(public, "已拨付") == 90_000
    public.open("/open-data/")
    recompute(public.download("下载全部文件"), public.site, tmp_path)
    public.open("/verify/")
    assert "账目相符" in public.text()
    capsys.readouterr()
    call_command("verify_books", format="json")
    assert json.loads(capsys.readouterr().out)["ok"] is True

    offices = Event.objects.filter(actor__kind="office").values_list("actor__username", flat=True)
    assert len(set(offices)) >= 5, "leading group only reads"
