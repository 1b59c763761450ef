"""Reads the text of a plan: everything at once, deterministic, in time linear in its length."""

from miaopu.engine.plan_reader.amounts import read_money
from miaopu.engine.plan_reader.checks import read_checks
from miaopu.engine.plan_reader.citations import read_citations
from miaopu.engine.plan_reader.clauses import Tree, build_tree
from miaopu.engine.plan_reader.context import Context
from miaopu.engine.plan_reader.deadlines import read_deadlines
from miaopu.engine.plan_reader.folded import Folded
from miaopu.engine.plan_reader.layout import NUMBER, Layout, read_layout
from miaopu.engine.plan_reader.model import Clause, Reading
from miaopu.engine.plan_reader.quantities import find_quantities, find_ratios
from miaopu.engine.plan_reader.subjects import read_subjects
from miaopu.engine.plan_reader.targets import read_targets
from miaopu.engine.plan_reader.times import find_times
from miaopu.engine.plan_reader.titles import title_of
from miaopu.engine.plan_reader.units import read_marks


def read_text(text: str) -> Reading:
    """What the plan in `text` says; every span counts code points of `text`."""
    folded = Folded(text)
    layout = read_layout(folded)
    tree = build_tree(folded, layout.body_end)
    marks, mark_spans = read_marks(folded, tree)
    citations, repairs = read_citations(folded, layout)
    times, time_repairs = find_times(folded)
    context = Context(folded, tree, layout, times)
    taken = [(one.start, one.end) for one in times if one.kind != "every"]
    taken += [found.span() for found in NUMBER.finditer(folded.seen)] + mark_spans
    taken += [(node.mark.start, node.mark.end) for node in tree.nodes]
    quantities = find_quantities(folded, taken)
    targets, used = read_targets(context, quantities, mark_spans)
    ratios = find_ratios(folded, taken)
    money = read_money(context, quantities, ratios, used)
    return Reading(
        text=text,
        title=layout.title,
        number=layout.number,
        issuer=layout.issuer,
        date=layout.date,
        clauses=tuple(_clauses(folded, tree, layout)),
        responsibilities=tuple([*marks, *read_subjects(context, mark_spans)]),
        targets=tuple(targets),
        deadlines=tuple(read_deadlines(context, targets, money)),
        money=tuple(money),
        citations=tuple(citations),
        repairs=tuple(sorted([*repairs, *time_repairs], key=lambda one: one.start)),
        checks=tuple(read_checks(context, quantities, used)),
    )


def _clauses(folded: Folded, tree: Tree, layout: Layout) -> list[Clause]:
    rows = []
    for index, node in enumerate(tree.nodes):
        start, end = folded.span(node.start, max(node.end, node.start + 1))
        rows.append(Clause(tree.paths[index], title_of(folded, tree, index), start, end))
    return rows
