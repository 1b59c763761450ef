"""What kind of sentence a number stands in: achieved, planned, a condition, a grant."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from miaopu.engine.plan_reader.clauses import Node, Tree
from miaopu.engine.plan_reader.folded import Folded, Sentence, segments, sentences
from miaopu.engine.plan_reader.layout import Layout
from miaopu.engine.plan_reader.quantities import Quantity
from miaopu.engine.plan_reader.time_spans import Time
from miaopu.engine.plan_reader.titles import title_of

PAST_TITLE = re.compile(
    r"现状|(?<![夯筑打巩强加奠][实牢固化强好定])基础$|完成情况|工作情况|工作总结|(?<![见求出升保强大])成[效就绩]|回顾|基本情况|发展情况|背景|形势|存在(?:的)?(?:主要)?问题"
)
_GOAL_TITLE = re.compile(r"目标|指标|任务分解")
_CONDITION_TITLE = re.compile(
    r"条件|准入(?:标准|门槛|要求)|资格|申报(?:对象|范围)|认定标准|扶持对象|补助对象|支持对象|评[分定]标准|考核标准|建设标准|入园标准|补[助贴]标准|奖励标准|对象$|适用范围"
)
_PAST = re.compile(
    r"已(?:经|先后|累计)?(?:达|建|成|有|设|认|累|形|完|实|获|培|安|吸|投|开|引|发|突|超|新|纳|列|被|拥|入|组|连|评|创|提供|举办)|(?<!期限)(?<!有效期)(?<!时间)(?<!执行)截至|(?<!期限)(?<!时间)截止(?=到?(?:\d|目前|当前|今))(?!到?[^,。]{0,10}(?:计划|力争|实现|达到|完成))|目前|现存|(?:全[市省县区]|我[市省县区]|现)共有|(?:^|^\d{1,2}[.、])现有(?!基础|条件|政策|资源)|近年来|一直|近[一二三两四五\d]+年(?!内[给开实通])|年以来|(?<![比较])上年(?!度)|去年"
    r"|(?:完成|建成|认定|培育|新增|组织|开展|达到|实现|形成|举办|帮助|培养|增长|下降|超过|纳入)了|累计(?:完成|提供|(?:为|对|向)\d)|取得(?:了|[明显较积新良一重长丰优])"
)
# 对已认定的基地，给予…: who is granted something, which reports nothing either.
_TO_WHOM = re.compile(
    r"(?:^|(?<=[,;:、。]))(?:[(\d一二三四五六七八九十)]{1,4}[.、)])?(?:对|凡|向|为)(?!.{0,3}了)[^。;]{2,80}?"
    r"(?=(?:每[年户家人个]|再|一律|一次性|分别|可|均|最高|按[^,。;]{2,30})*(?:给予|予以|奖励|补助|补贴|资助|奖补)(?!了|资金已))"
)
_YEAR_BEFORE = re.compile(r"上年|去年")
_AGAINST = re.compile(r"[比较]上年")
_PLAN = re.compile(
    r"力争|确保|争取|要求|计划|拟|目标|必须|应当|(?<![主需重首简])要(?!素|求|点|闻)|将(?!其)|到20\d\d年|至20\d\d年|再|努力|不少于|不低于|至少|预计|须|原则上|实现(?!了)|推动|加快|安排"
)
_GRANT = re.compile(
    r"给予|奖励|补助(?![村县镇户])|补贴|资助(?!(?:不少于|不低于|约)?\d+[名人个家项户])|贴息|奖补|一次性|减免|扶持资金|优先|享受(?!国务院|政府)|扣减|(?<!增)加\d{1,2}分|罚款|赔偿"
)
_REQUIRES = re.compile(
    r"(?:认定|准入|申报|评定|入驻)(?:标准|条件)(?:为|:|是|包括)|应当?(?:具备|满足|符合)|(?:应|须|需|应当|必须)?(?:同时)?(?:具备|符合|满足)(?:以下|下列)?(?:基本)?(?:条件|要求|标准)(?!的)"
    r"|(?:具备|符合|满足)(?:以下|下列)[^。]{0,8}条件的[^。]{0,10}(?:认定|申报|申请|享受|评为|授予|给予|纳入)"
)
_PLAN_NAME = re.compile(r"(?:方案|计划|意见|办法|措施|政策|规划|要点|细则|通知)(?:\([^()]*\))?$")
_OFFERS = re.compile(r"给予|可申请|享受|最高|每人|每户|补贴|奖励")
_URGES = re.compile(r"鼓励|引导|支持|督促|落实|降低")
_REACH = 240
_MOST = 60


@dataclass(frozen=True)
class Statement:
    """One sentence: folded place, its clause's path, and what it speaks of."""

    start: int
    end: int
    clause: str
    node: Node | None
    past: bool
    planned: bool
    grant: bool
    condition: bool
    goal: bool
    year: int | None


class Context:
    """The sentences of a document with their kinds, and the years that date them."""

    def __init__(self, folded: Folded, tree: Tree, layout: Layout, times: Sequence[Time]) -> None:
        self.folded, self.tree, self.layout, self.times = folded, tree, layout, times
        self._titles = {id(node): title_of(folded, tree, i) for i, node in enumerate(tree.nodes)}
        self._time_starts = [one.start for one in times]
        self.issued = self._printed_year()
        self.year = self.issued or self._commonest_year()
        self.horizon = self._horizon()
        self._past_clauses = self._find_past_clauses()
        self.statements = [
            self._statement(one) for one in sentences(folded.seen, layout.preamble_start)
        ]
        self._starts = [one.start for one in self.statements]

    def at(self, place: int) -> Statement | None:
        """The sentence around a folded place."""
        index = bisect_right(self._starts, place) - 1
        found = self.statements[index] if index >= 0 else None
        return found if found is not None and place < found.end else None

    def titles(self, node: Node | None) -> list[str]:
        """The titles of a clause and of those above it, innermost first."""
        found = []
        while node is not None:
            found.append(self._titles.get(id(node), ""))
            node = node.parent
        return found

    def line(self, place: int) -> int:
        """Where the line around a folded place begins, less one."""
        return self.folded.line_start(place) - 1

    def text_line(self, place: int) -> int:
        """The same for a place of the text."""
        return self.folded.line_start(self.folded.index(place)) - 1

    def by_statement(
        self, quantities: Sequence[Quantity]
    ) -> Iterator[tuple[Statement, list[Quantity]]]:
        """The quantities sentence by sentence; a sentence that goes on after ； counts as one."""
        rows: list[Quantity] = []
        whole: Statement | None = None
        for one in quantities:
            statement = self.at(one.start)
            if statement is None:
                continue
            if whole is not None and len(rows) < _MOST and self._goes_on(whole, statement):
                rows.append(one)
                whole = replace(whole, end=statement.end)
                continue
            if whole is not None:
                yield whole, rows
            whole, rows = statement, [one]
        if whole is not None:
            yield whole, rows

    def _goes_on(self, whole: Statement, statement: Statement) -> bool:
        if statement.start <= whole.end:
            return True
        return (
            statement.clause == whole.clause
            and self.folded.seen[whole.end : statement.start] == ";"
        )

    def year_for(self, statement: "Statement") -> int | None:
        """The year that the titles above a sentence print, else the document's."""
        for title in self.titles(statement.node):
            if found := re.search(r"((?:19|20)\d\d)年", title):
                return int(found.group(1))
        return self.year

    def times_between(self, start: int, end: int) -> Sequence[Time]:
        """The times whose beginning lies in `start`..`end`."""
        first = bisect_right(self._time_starts, start - 1)
        return self.times[first : bisect_right(self._time_starts, end - 1)]

    def segment(self, statement: Statement, place: int) -> tuple[int, int]:
        """The part between commas around a place of a sentence."""
        first = max(statement.start, place - _REACH)
        last = min(statement.end, place + _REACH)
        for begin, end in segments(self.folded.seen, first, last):
            if begin <= place < end:
                return begin, end
        return first, last

    def _printed_year(self) -> int | None:
        """The year that title, date or number of the document print."""
        for text in (self.layout.title, self.layout.date or ""):
            if found := re.search(r"(?:19|20)\d\d", text):
                return int(found.group())
        if self.layout.number and (found := re.search(r"〔(\d{4})〕", self.layout.number)):
            return int(found.group(1))
        return None

    def _commonest_year(self) -> int | None:
        counts: dict[int, int] = {}
        for one in self.times:
            if one.year is not None and one.start < self.layout.body_end:
                counts[one.year] = counts.get(one.year, 0) + 1
        return max(counts, key=lambda year: (counts[year], -year)) if counts else None

    def _horizon(self) -> str | None:
        """The years of the programme where they are printed once as such: 2015—2017年三年示范期."""
        for one in self.times:
            after = self.folded.seen[one.end : one.end + 12]
            if one.kind == "years" and (
                re.match(r"[)]?,?(?:[一二三四五\d]年)?[^,。]{0,4}期", after)
                or re.search(
                    r"(?:示范|试点|创建|实施|建设|规划)期[内限]?\($",
                    self.folded.seen[max(0, one.start - 8) : one.start],
                )
            ):
                return one.value
        found = re.search(
            r"\(?((?:19|20)\d\d)年?[-—至~]{1,2}((?:19|20)\d\d)年?\)?", self.layout.title
        )
        return f"{found.group(1)}/{found.group(2)}" if found else None

    def _find_past_clauses(self) -> set[int]:
        """Clauses that only report: by their title, or because nothing in them is planned."""
        past: set[int] = set()
        is_plan = _PLAN_NAME.search(self.layout.title) is not None
        for node in self.tree.nodes:
            title = self._titles[id(node)]
            if PAST_TITLE.search(title) or (node.parent and id(node.parent) in past):
                past.add(id(node))
                continue
            text = self.folded.seen[node.mark.end : node.end]
            if node.style == "heading" and not _PLAN_STRONG.search(title + text):
                reports = len(_PAST.findall(text)) + text.count("了") >= 2
                if reports or not (is_plan or _OFFERS.search(text)):
                    past.add(id(node))
        return past

    def _statement(self, one: Sentence) -> Statement:
        node = self.tree.at(one.start)
        text = self.folded.seen[one.start : one.end]
        titles = self.titles(node)
        planned = _PLAN.search(text) is not None
        years = [
            t.year
            for t in self.times_between(one.start, one.end)
            if t.year and self.folded.seen[t.start - 1 : t.start] not in ("比", "较")
        ]
        granted = _GRANT.search(text) is not None
        # 以上年出口额为基数，超过部分奖励…: what a grant is reckoned from reports nothing.
        told = _YEAR_BEFORE.sub("", _TO_WHOM.sub("", text)) if granted else text
        past = _PAST.search(told) is not None and not _PLAN_STRONG.search(text)
        if node is not None and id(node) in self._past_clauses:
            past = not (_ARRANGES.search(text) and not past)
            planned = False
        if (
            _AGAINST.search(text)
            and not planned
            and not granted
            and not _URGES.search(text)
            and self.folded.seen[one.start - 1 : one.start] != ";"
        ):
            past = True  # 比上年增长 reports, unless it goes on with what is planned
        if self.year and not _PLAN_STRONG.search(text) and _ended_before(text, self.year):
            past = True
        if self.issued and years and max(years) < self.issued - 1 and not planned:
            past = True
        if node is None:
            inside = one.start < self.layout.body_start or not self.tree.nodes
            clause = "preamble" if inside else "tail"
        else:
            clause = node.path
        requires = _REQUIRES.search(text) is not None
        return Statement(
            one.start,
            one.end,
            clause,
            node,
            past,
            planned,
            granted,
            requires or any(_CONDITION_TITLE.search(title) for title in titles),
            not requires and any(_GOAL_TITLE.search(title) for title in titles),
            years[-1] if years else None,
        )


# 共计安排不少于180万元专项资金: what is arranged, though the title speaks of background.
_ARRANGES = re.compile(r"安排(?:不少于|不低于|专项|资金)|设立")
_PLAN_STRONG = re.compile(
    r"力争|确保|争取|要求|拟(?!定)|目标任务|计划(?:投入|安排|建设|完成|新增)|将(?:达到|达|安排|向|投入|建|新|培)|(?<![主需重首简])要(?:达|有|建|在|新|培|完|全|实)|到20[2-9]\d年|预计|不少于|不低于|至少|再(?:认定|选|建|新)|全面完成"
)


# The last year of each five-year plan.
_FIVE_YEARS = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030}
_OF_FIVE_YEARS = re.compile(r"^[“]?(十[一二三四五])五[”]?(?:期间|时期|以来)")


def _ended_before(text: str, year: int) -> bool:
    """Whether a sentence begins with a five-year plan that ended before a year."""
    found = _OF_FIVE_YEARS.match(re.sub(r"^\d{1,2}[.、]", "", text))
    return found is not None and _FIVE_YEARS[found.group(1)] < year


def years_in(text: str) -> list[int]:
    """The years printed in a text."""
    return [int(one) for one in re.findall(r"(?<!\d)((?:19|20)\d\d)(?=年)", text)]
