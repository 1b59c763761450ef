"""The policy library's search over many documents, against reading one document by its key.

Both sides in turn in one process, so that load and clock are the same for both; the documents are
made up of words, a few of them common and most of them rare, as in real texts.
"""

from __future__ import annotations

import random
import time
from datetime import date, timedelta
from statistics import median, quantiles

from django.db import connection

from bench.cpu import backend, backend_seconds
from bench.report import Report
from miaopu.core import clock
from miaopu.core.models import Region
from miaopu.engine.reference import industries
from miaopu.plans.document_index import fill_index
from miaopu.plans.document_search import Wanted, excerpt_of, search, title_of
from miaopu.plans.enums import DocumentKind, DocumentState
from miaopu.plans.models import DocumentVersion, PolicyDocument

DOCUMENTS, QUERIES, TIMES = 10_000, 120, 5
PAGE = 20
COMMON = (
    *("小微企业", "创业创新", "扶持", "补助", "贷款", "贴息", "基地", "孵化器", "众创空间", "服务"),
    *("资金", "管理", "申报", "审核", "公示", "拨付", "企业", "部门", "负责", "落实", "建设"),
    *("培训", "就业", "高校毕业生", "返乡农民工", "税收", "减免", "担保", "融资", "创新券"),
    *("营商环境", "行政审批", "商事制度", "涉企收费", "监督检查", "绩效评价", "目标任务"),
)
KINDS = ("实施方案", "管理办法", "实施细则", "实施意见", "通知")


def _words(dice: random.Random) -> list[str]:
    """Some hundred common words and some thousand rare ones, the commonest first."""
    rare = [one.name for one in industries().values()]
    rare += list(Region.objects.values_list("name", flat=True)[:2000])
    dice.shuffle(rare)
    return [*COMMON, *rare]


def make_documents(count: int) -> list[str]:
    """So many published documents; returns the words that they are made of."""
    dice = random.Random(20180510)
    words = _words(dice)
    weights = [1 / (place + 3) for place in range(len(words))]
    region = Region.objects.get(code="520100")
    documents, versions = [], []
    for serial in range(1, count + 1):
        said = dice.choices(words, weights, k=dice.randint(60, 240))
        lines = ["".join(said[at : at + 9]) for at in range(0, len(said), 9)]
        title = f"贵阳市{''.join(dice.choices(words, weights, k=3))}{dice.choice(KINDS)}"[:200]
        issued = date(2010, 1, 1) + timedelta(days=dice.randrange(3000))
        head = {
            "title": title,
            "number": f"苗测发〔{issued.year}〕{serial}号",
            "issuer": f"苗测{serial % 12}局",
            "kind": dice.choice(DocumentKind.values),
            "region": region,
            "issued_on": issued,
            "valid_from": issued,
            "valid_to": issued + timedelta(days=1800) if serial % 3 else None,
            "illustrative": True,
        }
        document = PolicyDocument(
            code=f"ZC-{serial:06d}", kept_in=region, state=DocumentState.IN_FORCE,
            added_at=clock.now(), published_at=clock.now(), **head,
        )  # fmt: skip
        version = DocumentVersion(
            document=document, position=1, text="。\n".join(lines), digest="0" * 64,
            card={"what": lines[0], "who": lines[1]}, clauses=[], state=DocumentState.DRAFT,
            written_at=clock.now(), **head,
        )  # fmt: skip
        fill_index(document, version)
        documents.append(document)
        versions.append(version)
    for at in range(0, count, 100):
        PolicyDocument.objects.bulk_create(documents[at : at + 100])
        DocumentVersion.objects.bulk_create(versions[at : at + 100])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE plans_policydocument, plans_documentversion")
    return words


def queries(words: list[str]) -> list[Wanted]:
    """What people type: a word, two words, a phrase, a number, pinyin, something with a filter."""
    dice = random.Random(7)
    made = []
    for turn in range(QUERIES):
        common, rare = dice.choice(COMMON), dice.choice(words[60:])
        number = dice.randint(1, DOCUMENTS)
        made.append(
            (
                Wanted(common),
                Wanted(rare),
                Wanted(f"{common} {dice.choice(COMMON)}"),
                Wanted(f"{common} {rare}"),
                Wanted(f"“{common}{dice.choice(COMMON)}”"),
                Wanted(f"{common} -{dice.choice(COMMON)}", on=date(2016, 6, 1)),
                Wanted(f"苗测发〔{2010 + turn % 8}〕{number}号"),
                Wanted(common, kind="notice", region="520103"),
            )[turn % 8]
        )
    return made


def _page(wanted: Wanted) -> int:
    """A page of results as it is shown: rows, marked titles and excerpts."""
    found = search(PolicyDocument.objects.public(), wanted)
    rows = list(found.rows.with_text()[:PAGE])
    for row in rows:
        title_of(row, found)
        excerpt_of(row, found)
    return len(rows)


def measure(report: Report) -> None:
    """p50 and p95 of both sides in one run, interleaved; the goal is the ratio of the p95."""
    words = make_documents(DOCUMENTS)
    keys = list(PolicyDocument.objects.values_list("pk", flat=True))
    dice = random.Random(3)
    asked = queries(words)
    found = sum(_page(one) > 0 for one in asked)  # warms the dictionary and the caches
    gets: list[list[float]] = [[] for _one in asked]
    searches: list[list[float]] = [[] for _one in asked]
    pid, spent = backend(), {"get": 0.0, "search": 0.0}

    def seconds() -> float:
        return time.process_time() + backend_seconds(pid)

    for _turn in range(TIMES):
        for place, wanted in enumerate(asked):
            before, begun = seconds(), time.perf_counter()
            PolicyDocument.objects.light().get(pk=dice.choice(keys))
            gets[place].append(time.perf_counter() - begun)
            between, begun = seconds(), time.perf_counter()
            _page(wanted)
            searches[place].append(time.perf_counter() - begun)
            spent["get"] += between - before
            spent["search"] += seconds() - between
    # Of each query the median of its turns, so that a busy machine does not make the p95.
    get_times, search_times = [median(one) for one in gets], [median(one) for one in searches]
    get_95, search_95 = quantiles(get_times, n=20)[-1], quantiles(search_times, n=20)[-1]
    ratio = search_95 / get_95
    report.add(f"search: {DOCUMENTS} documents, queries that find something",
               f"{found} of {len(asked)}")  # fmt: skip
    report.add("search: a document by its key, p50 / p95",
               f"{1000 * median(get_times):.2f} / {1000 * get_95:.2f} ms")  # fmt: skip
    report.add("search: a page of results, p50 / p95",
               f"{1000 * median(search_times):.2f} / {1000 * search_95:.2f} ms")  # fmt: skip
    report.add("search: processor seconds of all pages to those of all keys",
               f"{spent['search'] / spent['get']:.1f} x")  # fmt: skip
    report.add(
        "search: p95 of the page to p95 of the key", f"{ratio:.1f} x", "<= 15 x", ratio <= 15
    )
