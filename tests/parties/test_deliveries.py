"""Deliveries: checked first, confirmed by a person, written once."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.storage import default_storage

from miaopu.core.enums import JobState
from miaopu.core.errors import ActionRefused, Conflict, NotAllowed
from miaopu.core.models import Event, Job, Notice, Region
from miaopu.parties.actions import record_fact
from miaopu.parties.enums import DeliveryState, RowOutcome, Source, Verb
from miaopu.parties.facts import known_facts
from miaopu.parties.models import Delivery, DeliveryRow, Enterprise, Fact
from miaopu.parties.tasks import import_delivery, start_delivery, start_import
from tests.factories import CITY, NANMING, YUNYAN, City
from tests.parties.sheets import AS_OF, code, confirm, deliver, good_row, table_of, workbook

pytestmark = pytest.mark.django_db


def counts(delivery: Delivery) -> tuple[int, int, int, int]:
    """New, changed, unchanged, wrong."""
    return (
        delivery.new_count,
        delivery.changed_count,
        delivery.unchanged_count,
        delivery.wrong_count,
    )


def returned(delivery: Delivery) -> openpyxl.worksheet.worksheet.Worksheet:
    """The sheet of the workbook that goes back."""
    assert delivery.returned is not None
    with default_storage.open(delivery.returned.storage_name) as stream:
        return openpyxl.load_workbook(io.BytesIO(stream.read())).active


def test_a_file_is_checked_then_confirmed_then_written(city: City) -> None:
    before = Enterprise.objects.count()
    delivery = deliver(workbook(table_of([good_row(n) for n in range(30)])), city.reviewer)
    assert delivery.state == DeliveryState.CHECKED
    assert counts(delivery) == (30, 0, 0, 0)
    assert Enterprise.objects.count() == before, "a check writes nothing"
    assert delivery.returned is None

    delivery = confirm(delivery, city.reviewer)
    assert delivery.state == DeliveryState.IMPORTED
    assert (delivery.registered_count, delivery.facts_count) == (30, 300)
    one = Enterprise.objects.get(uscc=code(7))
    assert (one.name, one.region_id, one.industry) == ("云岩第7便利店", YUNYAN, "5212")
    known = known_facts(one, AS_OF)
    assert known["operating_revenue"].value == Decimal(500_007)
    assert known["registered_on"].value == date(2017, 3, 1)
    assert known["founder_group"].value == "returning_migrant"
    assert known["low_income_village"].value is False
    assert known["size"].value == "micro"
    assert {fact.record for fact in known.values() if fact.name != "size"} == {
        f"{delivery.number}/9"
    }
    assert Job.objects.get(pk=delivery.job_id).state == JobState.DONE


def test_the_same_file_and_the_same_rows_twice_change_nothing(city: City) -> None:
    rows = [good_row(n) for n in range(10)]
    confirm(deliver(workbook(table_of(rows)), city.reviewer), city.reviewer)
    state = (Enterprise.objects.count(), Fact.objects.count())
    for content in (workbook(table_of(rows)), workbook(table_of(rows[::-1]))):
        again = deliver(content, city.reviewer)
        assert counts(again) == (0, 0, 10, 0)
        with pytest.raises(ActionRefused):
            start_import(again, by=city.reviewer)
    later = deliver(workbook(table_of(rows)), city.reviewer, as_of=date(2018, 5, 9))
    assert counts(later) == (0, 0, 10, 0), "the same values on a later day are no news"
    assert (Enterprise.objects.count(), Fact.objects.count()) == state


def test_the_same_upload_while_under_way_is_the_same_delivery(city: City) -> None:
    content = workbook(table_of([good_row(1)]))
    first = deliver(content, city.reviewer)
    second = start_delivery(
        content,
        "another name.xlsx",
        source=Source.OFFICER,
        region=Region.objects.get(code=YUNYAN),
        as_of=AS_OF,
        by=city.reviewer,
    )
    assert second.pk == first.pk


def test_changes_end_the_earlier_statement_as_record_fact_does(city: City) -> None:
    confirm(deliver(workbook(table_of([good_row(1), good_row(2)])), city.reviewer), city.reviewer)
    one = Enterprise.objects.get(uscc=code(1))
    other = Enterprise.objects.get(uscc=code(2))
    later = date(2018, 5, 9)
    changed = deliver(
        workbook(table_of([good_row(1, employees=40, name="云岩改名店")])),
        city.reviewer,
        as_of=later,
    )
    assert counts(changed) == (0, 1, 0, 0)
    confirm(changed, city.reviewer)
    record_fact(
        other, "employees", 40, source="officer", record="x", valid_from=later, by=city.reviewer
    )
    periods = [
        list(
            Fact.objects.filter(enterprise=enterprise, name="employees")
            .order_by("pk")
            .values_list("value", "valid_from", "valid_to")
        )
        for enterprise in (one, other)
    ]
    assert periods[0][1:] == periods[1][1:] == [(40, later, None)]
    assert periods[0][0][2] == periods[1][0][2] == date(2018, 5, 8)
    one.refresh_from_db()
    assert one.name == "云岩改名店"
    assert one.events.count() == 2, "the register's history has both names"


def test_an_empty_cell_says_nothing(city: City) -> None:
    confirm(deliver(workbook(table_of([good_row(1)])), city.reviewer), city.reviewer)
    silent = good_row(1, employees=None, phone=None, status=None)
    assert counts(deliver(workbook(table_of([silent])), city.reviewer)) == (0, 0, 1, 0)


PLANTED = {
    # row of the sheet: (cells replaced, letter of the column told, part of the message)
    5: ({"uscc": code(3)[:-1]}, "A", "应为 18 位"),
    12: ({"uscc": "91520103MA00000000"}, "A", "校验码"),
    20: ({"uscc": 915201030000001234.0}, "A", "丢失"),
    31: ({"uscc": None}, "A", "缺少统一社会信用代码"),
    40: ({"name": None}, "B", "缺少企业名称"),
    41: ({"name": "长" * 121}, "B", "超过 120"),
    55: ({"region": "火星区"}, "C", "没有"),
    56: ({"region": "南明区"}, "C", "范围内"),
    57: ({"region": None}, "C", "缺少"),
    60: ({"industry": "9999"}, "D", "行业代码"),
    61: ({"industry": "卖东西"}, "D", "行业代码"),
    62: ({"industry": 111}, "D", "首位 0"),
    70: ({"legal_representative": None}, "E", "缺少"),
    80: ({"phone": "打电话"}, "F", "电话"),
    81: ({"phone": "13800138000138001380001"}, "F", "电话"),
    90: ({"address": "路" * 201}, "G", "超过 200"),
    100: ({"registered_on": "2017-02-30"}, "H", "日历上没有"),
    101: ({"registered_on": "3/5/2018"}, "H", "不是日期"),
    102: ({"registered_on": "2018-05-09"}, "H", "晚于"),
    103: ({"registered_on": "去年"}, "H", "不是日期"),
    104: ({"registered_on": None}, "H", "缺少"),
    110: ({"status": "开着"}, "I", "列表"),
    120: ({"employees": -1}, "J", "小于零"),
    121: ({"employees": "3.5"}, "J", "不是整数"),
    122: ({"employees": "若干"}, "J", "不是数字"),
    123: ({"employees": 10**12}, "J", "不合理"),
    130: ({"operating_revenue": -0.01}, "K", "小于零"),
    131: ({"operating_revenue": "约五万"}, "K", "不是数字"),
    132: ({"operating_revenue": "1e9"}, "K", "不是数字"),
    140: ({"total_assets": "12,34"}, "L", "不是数字"),
    141: ({"total_assets": 10**16}, "L", "不合理"),
    150: ({"founder_group": "富人"}, "M", "列表"),
    160: ({"key_group_employees": True}, "N", "不是数字"),
    170: ({"low_income_village": "也许"}, "O", "既不是"),
    180: ({"uscc": code(9)}, "A", "第 11 行的代码重复"),
    # Two faults in one row, and both told; the second in a row without the first.
    190: ({"employees": "很多", "registered_on": "1899-01-01"}, "J", "不是数字"),
    1000: ({"region": "520103999"}, "C", "没有"),
}


def test_a_thousand_rows_with_thirty_seven_faults(city: City) -> None:
    assert len(PLANTED) == 37
    rows = {number: good_row(number - 2) for number in range(2, 1002)}
    for number, (cells, _letter, _message) in PLANTED.items():
        rows[number] = {**rows[number], **cells}
    delivery = deliver(workbook(table_of(list(rows.values()))), city.reviewer)
    assert counts(delivery) == (963, 0, 0, 37)
    wrong = {row.number: row for row in delivery.lines.filter(outcome=RowOutcome.WRONG)}
    assert set(wrong) == set(PLANTED)
    for number, (_cells, letter, message) in PLANTED.items():
        faults = wrong[number].faults
        assert any("ABCDEFGHIJKLMNO"[one["c"]] == letter and message in one["zh"]
                   for one in faults), (number, faults)  # fmt: skip
        assert all(one["fix_zh"] and one["en"] and one["fix_en"] for one in faults)
    assert len(wrong[190].faults) == 2

    sheet = returned(delivery)
    assert [cell.value for cell in sheet[1]][-3:] == ["检查结果", "错误说明", "企业规模及理由"]
    assert sheet.max_row == 1001
    for number, (_cells, letter, message) in PLANTED.items():
        assert sheet[f"{letter}{number}"].fill.fgColor.rgb == "FFFFC7CE", number
        assert sheet[f"V{number}"].value == "有误"
        assert message in sheet[f"W{number}"].value
    assert sheet["V2"].value == "新增"
    assert sheet["W2"].value is None
    assert sheet["X2"].value.startswith("微型：")
    assert sheet["A2"].fill.fgColor.rgb != "FFFFC7CE"

    confirm(delivery, city.reviewer)
    assert Enterprise.objects.filter(name__startswith="云岩第").count() == 963

    # The file that came back, corrected, with its added columns: only 37 rows are new.
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for number in PLANTED:
        lines[number - 1][:15] = table_of([good_row(number - 2)])[1]
    again = deliver(workbook(lines), city.reviewer)
    assert counts(again) == (37, 0, 963, 0)


def test_formulas_of_strangers_stay_text(city: City) -> None:
    evil = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")']
    rows = [good_row(n, name=text, uscc="x") for n, text in enumerate(evil)]
    sheet = returned(deliver(workbook(table_of(rows)), city.reviewer))
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "n"}
    assert [sheet.cell(n + 2, 2).value for n in range(4)] == evil[:4]
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)


def test_a_source_states_only_what_is_its_own(city: City) -> None:
    lines = table_of(
        [
            good_row(1, uscc=city.enterprise.uscc, operating_revenue=910_000, name="别的名字"),
            good_row(2),
        ]
    )
    delivery = deliver(workbook(lines), city.reviewer, source=Source.TAX)
    assert counts(delivery) == (0, 1, 0, 1)
    assert any("企业名称" in note["zh"] for note in delivery.notes)
    [unknown] = delivery.lines.filter(outcome=RowOutcome.WRONG)
    assert "名录中没有" in unknown.faults[0]["zh"]
    confirm(delivery, city.reviewer)
    city.enterprise.refresh_from_db()
    assert city.enterprise.name != "别的名字"
    stated = Fact.objects.filter(enterprise=city.enterprise, record=f"{delivery.number}/2")
    assert set(stated.values_list("name", flat=True)) == {"operating_revenue", "total_assets"}


def test_enterprises_elsewhere_are_not_touched(city: City) -> None:
    lines = table_of([good_row(1, uscc=city.other_enterprise.uscc)])
    delivery = deliver(workbook(lines), city.reviewer)
    assert counts(delivery) == (0, 0, 0, 1)
    assert "范围之外" in delivery.lines.get().faults[0]["zh"]
    whole = deliver(workbook(lines), city.programme_officer, region=CITY)
    assert counts(whole) == (0, 1, 0, 0)


def test_who_may_deliver_and_confirm(city: City) -> None:
    content = workbook(table_of([good_row(1)]))
    for stranger in (city.other_reviewer, city.approver, city.auditor, city.owner):
        with pytest.raises(NotAllowed):
            deliver(content, stranger)
    delivery = deliver(content, city.reviewer)
    with pytest.raises(NotAllowed):
        start_import(delivery, by=city.other_reviewer)
    assert Delivery.objects.for_user(city.programme_officer).count() == 1
    assert not Delivery.objects.for_user(city.other_reviewer).exists()
    assert not DeliveryRow.objects.for_user(city.other_reviewer).exists()
    start_import(delivery, by=city.programme_officer)
    with pytest.raises(Conflict):
        start_import(delivery, by=city.reviewer)


def test_days_in_the_future_and_files_that_are_no_tables_are_refused_at_once(city: City) -> None:
    with pytest.raises(ActionRefused, match="晚于今天"):
        deliver(workbook(table_of([])), city.reviewer, as_of=date(2018, 5, 11))
    for content in (b"", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n", b"MZ\x90"):
        with pytest.raises(ActionRefused):
            deliver(content, city.reviewer)
    assert not Delivery.objects.exists()


def test_a_refused_file_says_why_and_keeps_no_row(city: City) -> None:
    delivery = deliver(b"PK\x03\x04 this is no archive", city.reviewer)
    assert delivery.state == DeliveryState.REFUSED
    assert "损坏" in delivery.refusal["message"]["zh"]
    assert delivery.refusal["remedy"]["zh"]
    assert not delivery.lines.exists()
    assert Job.objects.get(pk=delivery.job_id).state == JobState.DONE


def test_one_event_for_each_step(city: City) -> None:
    delivery = confirm(deliver(workbook(table_of([good_row(1)])), city.reviewer), city.reviewer)
    verbs = [event.verb for event in Event.objects.for_subject(delivery)]
    assert verbs == [
        Verb.DELIVER_FILE,
        Verb.CHECK_DELIVERY,
        Verb.CONFIRM_DELIVERY,
        Verb.IMPORT_DELIVERY,
    ]
    last = Event.objects.for_subject(delivery).last()
    assert last is not None
    assert last.data == {"registered": 1, "updated": 0, "facts": 10, "left_out": 0}


def test_who_waits_is_told_when_it_has_ended(city: City) -> None:
    wrong = {**good_row(2), "employees": "若干"}
    sound = deliver(workbook(table_of([good_row(1), wrong])), city.reviewer)
    damaged = deliver(b"PK\x03\x04 this is no archive", city.reviewer)
    only_wrong = deliver(workbook(table_of([wrong])), city.reviewer)
    confirm(sound, city.programme_officer)
    nothing_new = deliver(workbook(table_of([good_row(1)])), city.reviewer)

    mine = [
        (one.link, one.text.partition("：")[2])
        for one in Notice.objects.for_user(city.reviewer).order_by("pk")
    ]
    pages = [f"/office/deliveries/{one.number}/" for one in (sound, damaged, only_wrong)]
    assert mine == [
        (pages[0], "检查完毕，新增或更新 1 行，有误 1 行；请查看后确认写入"),
        (pages[1], "已退回：文件已损坏或不完整"),
        (pages[2], "检查完毕，新增或更新 0 行，有误 1 行；请改正后重新上传"),
        (pages[0], "导入完毕，登记 1 户，更新 0 户，写入数据 10 项"),
        (
            f"/office/deliveries/{nothing_new.number}/",
            "检查完毕，新增或更新 0 行，有误 0 行；没有需要写入的内容",
        ),
    ]
    other = Notice.objects.for_user(city.programme_officer).get()
    assert (other.link, "1 enterprises registered" in other.text_en) == (pages[0], True)


def test_an_import_goes_on_where_it_stopped(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    delivery = deliver(workbook(table_of([good_row(n) for n in range(50)])), city.reviewer)
    start_import(delivery, by=city.reviewer)
    delivery.refresh_from_db()
    monkeypatch.setattr("miaopu.parties.importing.CHUNK", 20)
    monkeypatch.setattr("miaopu.parties.tasks.report_progress", _die_at(40))
    with pytest.raises(KeyboardInterrupt):  # as near as a test comes to a kill
        import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.registered_count) == (DeliveryState.IMPORTING, 40)
    monkeypatch.undo()
    import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    import_delivery(job_id=delivery.job_id, delivery_id=delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.registered_count) == (DeliveryState.IMPORTED, 50)
    assert delivery.facts_count == Fact.objects.filter(record__startswith="DR").count() == 500


def _die_at(done: int) -> object:
    def report(job: object, now: int, total: int) -> None:
        if now >= done:
            raise KeyboardInterrupt

    return report


def test_region_of_the_city_takes_all_its_districts(city: City) -> None:
    rows = [good_row(1), good_row(2, region="520102 南明区"), good_row(3, region="贵阳市南明区")]
    delivery = deliver(workbook(table_of(rows)), city.programme_officer, region=CITY)
    assert counts(delivery) == (3, 0, 0, 0)
    confirm(delivery, city.programme_officer)
    assert Enterprise.objects.get(uscc=code(3)).region_id == NANMING
