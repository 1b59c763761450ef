"""Single phrases: how times, amounts and citations are printed in plans of all years."""

import json
from pathlib import Path

import pytest

from miaopu.engine.plan_reader.as_json import to_json
from miaopu.engine.plan_reader.model import Reading
from miaopu.engine.plan_reader.read import read_text
from tests.engine.plan_reader.scoring import PARTS, counts, f1

CORPUS = Path(__file__).parent.parent / "plan_corpus"
R = "recurring"


def plan(sentence: str) -> Reading:
    """A plan of 2018 that says `sentence` in its only measure."""
    return read_text(
        "安丰市2018年小微企业创业创新工作实施方案\n安政办发〔2018〕6号\n一、主要任务\n"
        f"（一）组织推进工作落实。{sentence}\n（二）加强宣传。\n安丰市人民政府\n2018年3月5日\n"
    )


@pytest.mark.parametrize(
    ("sentence", "dates"),
    [
        ("二〇一八年六月底前出台实施细则。", ["2018-06-30"]),
        ("各部门在三月二十日前制定措施，五月上旬组织检查。", ["2018-03-20", "2018-05-10"]),
        ("报名截止时间为6月30日。", ["2018-06-30"]),
        ("次月10日前将补贴发放到位。", [R]),
        ("“十三五”期间，市财政安排专项资金2000万元。", ["2016/2020"]),
        ("从2018年起，用三年时间在全市推广。", ["2018/2020"]),
        ("从2018年起三年内，在全市推广。", ["2018/2020"]),
        ("整治时间从4月开始到12月结束。", ["2018-04/2018-12"]),
        ("用3个月时间，在全市开展专项整治。", ["P3M"]),
        ("正常经营满6个月后拨付余款。", ["P6M"]),
        ("连续三年给予每年10万元补助。", ["P3Y"]),
        ("市财政三年内每年拿出300万元。", ["P3Y"]),
        ("自投产之日起，前两年全额奖励，后三年减半奖励。", ["P2Y", "P3Y"]),
        ("政策实施时间暂定为4年。", ["P4Y"]),
        ("缴费款所属期为2018年4月至6月，可以缓缴。", ["2018-04/2018-06"]),
        ("执行期限延长至2019年底。", ["2019-12-31"]),
        ("今后三年，市财政每年安排800万元。", ["P3Y"]),
        ("市财政明年一季度安排资金500万元。", ["2019-01/2019-03"]),
        ("对入驻企业给予3年租金补贴，此前五年免征的照旧。", ["P3Y"]),
        ("对获奖产品给予奖励两年。", ["P2Y"]),
        ("示范期为2018—2020年。", ["2018/2020"]),
        ("10至11月中旬组织督查。", ["2018-10/2018-11-20"]),
        ("坚持月通报、季调度、半年督查、年终考核。", [R, R, R, R]),
        ("对照2018年市《政府工作报告》，落实2018年“智改”工作推进方案。", []),
        ("待次年统计数据公布后认定。", []),
        ("力争今年底前实现全覆盖。", ["2018-12-31"]),
        ("每年3月组织申报，5月底前完成评审，6月公布结果。", [R, R, R]),
        ("工作专班按月调度、按季通报、半年评估、年终考核。", [R, R, R, R]),
        ("建立“半月一调度、一月一通报”的落实机制。", [R, R]),
        ("每季度最后一个月25日前报送小结。", [R]),
        ("实行三年一评。", [R]),
        ("每年3月1日至4月30日申报；财政局于6月30日前拨付。", [R, R]),
        ("本政策从2018年起执行，有效期5年。", ["2018/2022"]),
        ("一般登记2个工作日办结，有效期满前3个月可以续期。", ["P2WD", "P3M"]),
        ("发放期限均为36个月。", ["P36M"]),
        ("申报从4月1日开始，至8月31日截止。", ["2018-04-01/2018-08-31"]),
        ("对2月底的欠款，3月20日前报送台账。", ["2018-02-28", "2018-03-20"]),
        ("贯彻2017年10月12日国务院常务会议精神。", []),
        ("完成2017年度工作总结报告，并予公布。", []),
        ("根据半年评测和年终考核情况进行评定。", []),
        ("对2017年底前核准的贷款仍按原政策执行。", []),
    ],
)
def test_times(sentence: str, dates: list[str]) -> None:
    found = [one.date for one in plan(sentence).deadlines]
    assert [R if one.startswith(R) else one for one in found] == dates


@pytest.mark.parametrize(
    ("sentence", "amounts"),
    [
        ("对三类基地分别奖励100、50、20万元。", [(100, "万元"), (50, "万元"), (20, "万元")]),
        ("网络零售额500万元（含500万元）以上的奖励2千元。", [(500, "万元"), (2000, "元")]),
        ("出口额每满5万美元奖励1万元，面积1万平米以上的奖励3万元。", [(1, "万元"), (3, "万元")]),
        ("对销售额首次突破5万元以上的前10名，奖励2万元。", [(5, "万元"), (2, "万元")]),
        ("每带动1人就业补贴1000元。", [(1000, "元")]),
        ("对税收比上年增长20%以上的企业给予奖励8万元。", [(8, "万元")]),
        ("对已建成并运营的基地，给予补助25万元。", [(25, "万元")]),
        ("以上年出口额为基数，超出部分每美元奖励0.02元。", [(0.02, "元")]),
        ("进口500万（或出口1500万）美元以上的奖励6万元。", [(6, "万元")]),
        ("目前，全市已对200户企业给予补贴500万元。", []),
        ("累计为300户企业给予贴息1200万元。", []),
        ("产值过10亿元的企业实现零的突破。", []),
        ("转贷资金规模由1亿元增加到2亿元。", [(2, "亿元")]),
        (
            "产值突破3000万元-20亿元的奖励5000元-20万元。",
            [(3000, "万元"), (20, "亿元"), (5000, "元"), (20, "万元")],
        ),
        ("形成一批超100亿元的优势产业集群。", []),
        ("申报企业应当具备下列条件：年营业收入超过500万元。", [(500, "万元")]),
        ("培育主营业务收入超亿元企业20家、超10亿元企业3家。", []),
    ],
)
def test_amounts(sentence: str, amounts: list[tuple[float, str]]) -> None:
    assert [(one.value, one.unit) for one in plan(sentence).money] == amounts


@pytest.mark.parametrize(
    ("sentence", "cited"),
    [
        ("依照《担保法》《合同法》办理。", ["担保法", "合同法"]),
        ("按照《防汛补助费管理办法》（〔94〕财农字第34号）执行。", ["〔94〕财农字第34号"]),
        ("《关于促进创业的通知》（安政办发﹝2016﹞8号）废止。", ["安政办发〔2016〕8号"]),
        ("加快《安丰市数据条例》立法，研究制定《安丰市数据办法》。", []),
        ("贯彻《服务业创新发展大纲（2017—2025）》。", ["服务业创新发展大纲（2017—2025）"]),
        ("根据市政府海政发〔2010〕9号文件精神。", ["海政发〔2010〕9号"]),
    ],
)
def test_citations(sentence: str, cited: list[str]) -> None:
    assert [one.number or one.title for one in plan(sentence).citations] == cited


def test_what_a_plan_applies_is_cited_though_its_title_names_it() -> None:
    text = "关于贯彻《安丰市创业促进条例》的实施意见\n一、要求\n落实《安丰市创业促进条例》。\n"
    assert [one.title for one in read_text(text).citations] == ["安丰市创业促进条例"]


def test_who_must_report_before_the_first_clause_has_a_deadline() -> None:
    text = "关于分解任务的通知\n各部门于2018年3月20日前将方案报市政府。\n一、任务\n抓好落实。\n"
    assert [(d.clause, d.date) for d in read_text(text).deadlines] == [("preamble", "2018-03-20")]


def wrapped(text: str, width: float) -> str:
    """The same text with its lines broken at `width`, tables left alone."""
    lines: list[str] = []
    for line in text.split("\n"):
        kept, used = "", 0.0
        for char in line:
            step = 0.5 if char.isascii() else 1.0
            if used + step > width and "\t" not in line:
                lines.append(kept)
                kept, used = "", 0.0
            kept, used = kept + char, used + step
        lines.append(kept)
    return "\n".join(lines)


def test_broken_lines_change_little() -> None:
    """The corpus with all lines broken at 32 characters reads nearly as it does unbroken."""
    rows: dict[str, list[tuple[int, int, int]]] = {part: [] for part in PARTS}
    for file in sorted(CORPUS.glob("*.gold.json")):
        text = (CORPUS / file.name.replace(".gold.json", ".txt")).read_text(encoding="utf-8")
        read = json.loads(json.dumps(to_json(read_text(wrapped(text, 32)))))
        found = counts(read, json.loads(file.read_text(encoding="utf-8")))
        for part in PARTS:
            rows[part].append(found[part])
    least = {"clauses": 0.99, "citations": 0.96, "targets": 0.9}
    for part in PARTS:
        assert f1(rows[part]) >= least.get(part, 0.95), part
