"""Pages of targets and target letters: typed, pasted, uploaded, in conflict, told, acknowledged."""

from __future__ import annotations

import html
import io
import json
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from miaopu.core.enums import Role
from miaopu.plans.letter_actions import make_letters
from miaopu.plans.models import TargetDecomposition, TargetLetter
from miaopu.plans.target_actions import (
    approve_decomposition,
    save_cells,
    submit_decomposition,
)
from miaopu.plans.target_opening import Opening
from tests.bases.factories import build_park
from tests.factories import CITY, NANMING, YUNYAN, City, make_officer
from tests.harness.pages import StrictClient
from tests.plans.targets import approved, cells_of, drafted, issued, submitted, totals

pytestmark = pytest.mark.django_db
SLUG = "guiyang-2018"
EDIT = f"/office/targets/{SLUG}/enterprises/edit/"
PAGE = f"/office/targets/{SLUG}/enterprises/"


def seen_on(client: StrictClient) -> str:
    """What the page of the table tells the next save that the person saw."""
    return str(client.get(EDIT).context["grid"].seen)


def fields(made: TargetDecomposition, values: dict[str, str]) -> dict[str, str]:
    return {f"cell-{address}": text for address, text in cells_of(made, values).items()}


def test_from_opening_to_the_public_page(client: StrictClient, city: City) -> None:
    client.force_login(city.programme_officer)
    answer = client.post(
        reverse("target_open", args=[SLUG, "enterprises"]),
        {"kind": "region", "split": "whole", "value": "3500"},
    )
    assert answer["Location"] == EDIT
    made = TargetDecomposition.objects.get()
    values = {YUNYAN: "2,000", NANMING: "1500"}
    typed = {"revision": seen_on(client), **fields(made, values), "action": "done"}
    assert client.post(EDIT, typed)["Location"] == PAGE
    shown = client.get(PAGE).content.decode()
    assert "已全部分解，合计等于目标值" in shown
    client.post(reverse("target_step", args=[SLUG, "enterprises", "submit"]))
    client.force_login(city.leading_group)
    client.post(reverse("target_step", args=[SLUG, "enterprises", "approve"]))
    made.refresh_from_db()
    assert made.state == "approved"
    public = client.get(reverse("programme", args=[SLUG]))
    [table] = public.context["parts"]
    rows = {row["name"]: row for row in table.rows}
    assert (rows["云岩区"]["target"], rows["云岩区"]["done"]) == ("2,000", "0")
    assert rows["花溪区"]["target"] == "—"  # not named: no target, and no gap
    assert rows["花溪区"]["gap"] == "—"
    [board] = client.get(reverse("office_board")).context["parts"]
    assert len(board.rows) == 14


def test_bases_of_the_register_take_parts(client: StrictClient, city: City) -> None:
    base = build_park(city).admitted()
    build_park(city, name="贵阳尚未准入的基地")
    client.force_login(city.programme_officer)
    posted = {"kind": "base", "split": "whole", "value": "3500", "names": " "}
    opened = client.post(reverse("target_open", args=[SLUG, "enterprises"]), posted)
    assert opened.status_code == 302, opened.context["form"].errors
    [member] = TargetDecomposition.objects.get().members.all()
    found = (member.kind, member.key, member.name, member.region_id)
    assert found == ("base", base.number, base.name, None)


def test_districts_see_their_own_row_and_the_whole(client: StrictClient, city: City) -> None:
    approved(city)
    client.force_login(city.approver)
    [row, _jobs] = client.get(reverse("target_board")).context["table"].rows
    assert (row["own"], row["allocated"]) == ("2,000", "3,500")
    shown = client.get(PAGE)
    assert [one["name"] for one in shown.context["counting"].rows] == ["云岩区"]
    assert shown.context["trail"] is None
    [board] = client.get(reverse("office_board")).context["parts"]
    assert [one["name"] for one in board.rows] == ["云岩区"]
    book = openpyxl.load_workbook(io.BytesIO(_content(client, "target_export")))
    names = [line[0] for line in book.active.iter_rows(min_row=2, values_only=True)]
    assert names == ["云岩区"]


def _content(client: StrictClient, route: str) -> bytes:
    answer = client.get(reverse(route, args=[SLUG, "enterprises"]))
    return b"".join(answer.streaming_content)


def test_wrong_cells_are_told_where_they_stand(client: StrictClient, city: City) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    typed = {"revision": seen_on(client), **fields(made, {YUNYAN: "二千", NANMING: "1400"})}
    answer = client.post(EDIT, typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="二千"' in text
    assert "“二千”不是数字" in text
    assert totals(made)[NANMING] == 1400


def test_a_conflict_is_told_cell_by_cell(client: StrictClient, city: City) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    seen = seen_on(client)
    colleague = make_officer(Role.PROGRAMME_OFFICER, CITY)
    save_cells(made, cells_of(made, {YUNYAN: "1990"}), cells_of(made, {YUNYAN: "2000"}),
               by=colleague)  # fmt: skip
    typed = fields(made, {YUNYAN: "1980", NANMING: "1520"})
    answer = client.post(EDIT, {"revision": seen, **typed})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "他人已改为 1990" in text
    assert 'value="1980"' in text
    assert totals(made)[NANMING] == 1520  # what was not in conflict is saved
    again = client.post(EDIT, {"revision": answer.context["grid"].seen, **typed})
    assert again.status_code == 302
    assert totals(made)[YUNYAN] == 1980


def test_saved_while_one_types(client: StrictClient, city: City) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    first = seen_on(client)
    answer = client.post(
        EDIT, {"revision": first, **fields(made, {YUNYAN: "1999"})}, headers={"Autosave": "1"}
    )
    assert answer.status_code == 200
    assert "1999" in json.loads(answer.json()["revision"]).values()
    late = {"revision": first, **fields(made, {YUNYAN: "1"})}
    refused = client.post(EDIT, late, headers={"Autosave": "1"})
    assert refused.status_code == 409
    assert "他人已改" in refused.json()["message"]
    assert totals(made)[YUNYAN] == 1999


def test_proposed_by_share_of_the_register(client: StrictClient, city: City) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    with_baseline = client.post(EDIT, {"revision": seen_on(client), "action": "register"})
    page = with_baseline.content.decode()
    typed = dict(re.findall(r'name="(cell-[^"]+)" id="[^"]+" value="([^"]*)"', page))
    proposed = client.post(EDIT, {**typed, "action": "propose"})
    assert proposed.context["grid"].sum.standing == "even"
    cells = proposed.context["grid"].rows
    assert {row.name: row.total for row in cells}["云岩区"] == "1,750"
    assert totals(made)[YUNYAN] == 2000  # nothing is saved yet
    nothing = client.post(EDIT, {"action": "propose"})
    assert nothing.status_code == 422
    assert "没有可用的基数" in nothing.content.decode()


@pytest.mark.parametrize(
    ("block", "yunyan", "nanming"),
    [
        ("单位\t目标\n云岩区\t1,900\n南明区\t1600\n合计\t3500", 1900, 1600),
        ("520103\t300\t1900\r\n南明区\t200\t1600\r\n", 1900, 1600),
        ("1600\n1900", 1900, 1600),  # in the order of the table: Nanming comes first
        ("云岩区\t\n南明区\t0", None, 0),
    ],
)
def test_a_pasted_block(
    client: StrictClient, city: City, block: str, yunyan: int | None, nanming: int
) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    posted = {"revision": seen_on(client), "action": "paste", "block": block}
    answer = client.post(EDIT, posted)
    assert answer.status_code == 302, answer.content.decode()
    assert (totals(made)[YUNYAN], totals(made)[NANMING]) == (yunyan, nanming)


def test_what_of_a_block_finds_no_place_is_told(client: StrictClient, city: City) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    block = "云岩区\t1900\n遵义市\t5\n南明区\t一千"
    answer = client.post(EDIT, {"revision": seen_on(client), "action": "paste", "block": block})
    assert answer.status_code == 422
    assert "“一千”不是数字" in answer.content.decode()
    assert totals(made)[YUNYAN] == 1900
    lost = client.post(EDIT, {"action": "paste", "block": "云岩区\t1900\n遵义市\t5"})
    assert "没有对上：遵义市" in lost.content.decode()


def test_the_workbook_goes_out_and_comes_back(client: StrictClient, city: City) -> None:
    made = drafted(city)
    client.force_login(city.programme_officer)
    book = openpyxl.load_workbook(io.BytesIO(_content(client, "target_export")))
    page: Any = book.active
    assert [cell.value for cell in page[1]] == ["承担单位", "基数", "目标"]
    for row in page.iter_rows(min_row=2):
        if row[0].value == "云岩区":
            row[1].value, row[2].value = 320, 1888
        if row[0].value == "花溪区":
            row[2].value = "不详"
    out = io.BytesIO()
    book.save(out)
    upload = SimpleUploadedFile("分解.xlsx", out.getvalue())
    answer = client.post(EDIT, {"revision": seen_on(client), "action": "paste", "file": upload})
    assert answer.status_code == 422
    assert "“不详”不是数字" in answer.content.decode()
    assert totals(made)[YUNYAN] == 1888
    block = answer.context["told"].block
    assert "花溪区\t\t不详" in html.unescape(answer.content.decode()), "nothing typed is lost"
    where = reverse("target_marked", args=[SLUG, "enterprises"])
    marked = b"".join(client.post(where, {"block": block}).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(marked))
    page = book.active
    [wrong] = [row for row in page.iter_rows(min_row=2) if row[0].value == "花溪区"]
    assert [cell.fill.fgColor.rgb for cell in wrong[:3]] == ["00000000", "00000000", "FFFFC7CE"]
    assert (wrong[3].value, wrong[4].value) == ("有误", "目标：“不详”不是数字，例如 1,200 或 0.98")
    wrong[2].value = 12
    book.save(out := io.BytesIO())
    again = SimpleUploadedFile("分解.xlsx", out.getvalue())
    posted = {"revision": seen_on(client), "action": "paste", "file": again}
    assert client.post(EDIT, posted).status_code == 302
    assert totals(made)["520111"] == 12, "the columns with the faults are no part of the table"
    broken = SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no workbook")
    refused = client.post(EDIT, {"action": "paste", "file": broken})
    assert refused.status_code == 422


def test_two_people_and_reasons_on_the_page(client: StrictClient, city: City) -> None:
    drafted(city, {YUNYAN: "3501"})
    client.force_login(city.programme_officer)
    step = reverse("target_step", args=[SLUG, "enterprises", "submit"])
    told = client.post(step, follow=True).content.decode()
    assert "与目标值 3500 不一致" in told
    told = client.post(step, {"reason": "留有余地"}, follow=True).content.decode()
    assert "请由另一位有权限的人员批准" in told
    approve = reverse("target_step", args=[SLUG, "enterprises", "approve"])
    assert "不能自己批准" in client.post(approve, follow=True).content.decode()


def test_opening_again_needs_a_reason_and_keeps_what_was_typed(
    client: StrictClient, city: City
) -> None:
    approved(city)
    client.force_login(city.programme_officer)
    address = reverse("target_open", args=[SLUG, "enterprises"])
    answer = client.post(address, {"split": "quarter", "value": "3600", "baseline": "12"})
    assert answer.status_code == 422
    assert 'value="3600"' in answer.content.decode()
    client.post(address, {"split": "quarter", "value": "3600", "reason": "追加任务"})
    assert len(client.get(EDIT).context["made"].periods) == 4


def test_the_next_version_begins_with_the_rebased_baseline(
    client: StrictClient, city: City
) -> None:
    made = drafted(city, opening=Opening(baseline=Decimal(3000)))
    submit_decomposition(made, by=city.programme_officer)
    approve_decomposition(made, by=city.leading_group)
    client.force_login(city.programme_officer)
    assert client.get(PAGE).context["form"]["baseline"].value() == "3000"


def test_letters_from_making_to_acknowledging(client: StrictClient, city: City) -> None:
    approved(city)
    client.force_login(city.programme_officer)
    make = reverse("target_letters_make")
    client.post(make, {"programme": SLUG, "action": "make"})
    assert TargetLetter.objects.count() == 2
    client.force_login(city.leading_group)
    client.post(make, {"programme": SLUG, "action": "issue"})
    letter = TargetLetter.objects.get(key=YUNYAN)
    client.force_login(city.approver)
    home = client.get(reverse("office_home")).content.decode()
    assert letter.number in home
    page = client.get(reverse("target_letter", args=[letter.pk])).content.decode()
    assert "扶持微型企业" in page
    for kind in ("pdf", "docx"):
        answer = client.get(reverse("target_letter_file", args=[letter.pk, kind]))
        assert len(answer.content) > 5000
    client.post(reverse("target_letter_step", args=[letter.pk, "acknowledge"]))
    letter.refresh_from_db()
    assert letter.state == "acknowledged"
    assert letter.number not in client.get(reverse("office_home")).content.decode()
    [row] = client.get(reverse("target_letters")).context["table"].rows
    assert row["by"] == "张批准"


def test_letters_in_english(client: StrictClient, city: City) -> None:
    letter = issued(city)
    client.cookies["django_language"] = "en"
    client.force_login(city.leading_group)
    terms = client.get(reverse("target_letter", args=[letter.pk])).context["terms"]
    assert any("1,350,000 yuan of county money" in one for one in terms), terms
    page = client.get(reverse("target_letters")).content.decode()
    assert "micro enterprises supported 2000 enterprises" in page
    assert "to be acknowledged" in page
    assert (
        "Target letters" in client.get(reverse("target_letter", args=[letter.pk])).content.decode()
    )


def test_nothing_new_to_make_is_said(client: StrictClient, city: City) -> None:
    approved(city)
    make_letters(city.version.programme, by=city.programme_officer)
    client.force_login(city.programme_officer)
    told = client.post(reverse("target_letters_make"), {"programme": SLUG}, follow=True)
    assert "没有新的" in told.content.decode()


def test_handed_in_it_cannot_be_edited(client: StrictClient, city: City) -> None:
    made = submitted(city)
    client.force_login(city.programme_officer)
    assert client.get(EDIT)["Location"] == PAGE
    late = client.post(EDIT, {"revision": "{}", **fields(made, {YUNYAN: "7"})})
    assert late.status_code == 409
    assert 'value="7"' in late.content.decode()


def test_one_target_over_districts_bases_and_departments(client: StrictClient, city: City) -> None:
    by = city.programme_officer
    base = build_park(city).admitted()
    made = drafted(city, {YUNYAN: "1000"})
    client.force_login(by)
    members = f"{PAGE}members/"
    strange = client.post(members, {"kind": "region", "names": "太原市"})
    assert strange.status_code == 409
    assert "计划的实施区域里没有：太原市" in html.unescape(strange.content.decode())
    assert client.post(members, {"kind": "base", "names": ""}).status_code == 422
    assert (
        client.post(members, {"kind": "base", "names": f"{base.name}\n城北园"})["Location"] == EDIT
    )
    client.post(members, {"kind": "unit", "names": "市工商局"})
    again = client.post(members, {"kind": "unit", "names": " 市工商局 "})
    assert "写出的单位都已经在表中" in html.unescape(again.content.decode())
    kinds = {one.name: (one.kind, one.key) for one in made.members.all()}
    assert kinds[base.name] == ("base", base.number)
    assert kinds["市工商局"] == ("unit", "market")
    mistaken = made.members.get(name="城北园")
    client.post(members, {"action": "drop", "member": mistaken.pk})
    district = made.members.get(key=NANMING)
    client.post(members, {"action": "drop", "member": district.pk})
    names = set(made.members.values_list("name", flat=True))
    assert (mistaken.name in names, district.name in names) == (False, True)
    own = {base.number: "300", "market": "200"}
    typed = {"revision": seen_on(client), **fields(made, own), "action": "save"}
    assert client.post(EDIT, typed).status_code == 302
    pk = {one.key: one.pk for one in made.members.all()}
    shares = {f"cell-{pk[YUNYAN]}.b": "2", f"cell-{pk[NANMING]}.b": "1"}
    filled = client.post(EDIT, {"revision": seen_on(client), **shares, "action": "propose"})
    grid = filled.context["grid"]
    assert grid.typed[f"{pk[YUNYAN]}.0"] == "2000", "districts share what bases leave: 3,000"
    done = {"revision": seen_on(client), **fields(made, {YUNYAN: "2000", NANMING: "1000"})}
    client.post(EDIT, {**done, "action": "done"})
    assert "已全部分解，合计等于目标值" in client.get(PAGE).content.decode()
    submit_decomposition(made, by=by)
    late = client.post(members, {"kind": "unit", "names": "市农委"})
    assert late.status_code == 409
    approve_decomposition(made, by=city.leading_group)
    told = {(one.kind, one.name) for one in make_letters(city.version.programme, by=by)}
    assert {("base", base.name), ("unit", "市工商局")} <= told
    assert {kind for kind, _name in told} == {"region", "base", "unit"}
