"""Actions name who acts, leave an event, and hold or fail as a whole; locks are gentle."""

import ast
from collections.abc import Iterable, Mapping

import pytest

from tests.house.tree import DJANGO_ROOMS, Source, calls, listed, package
from tests.house.writes import CallGraph

ACTION_FILES = {
    *("actions.py", "awards.py", "batches.py", "books.py", "decisions.py"),
    *("drafts.py", "offering.py", "offers.py", "support_facts.py"),
    *("corrections.py", "objections.py"),
    *("task_actions.py", "task_loading.py", "task_reminders.py", "unit_actions.py"),
    *("duty_actions.py", "feeds.py"),
    *("document_actions.py", "document_reviews.py", "fee_actions.py", "subscriptions.py"),
    *("campaign_actions.py", "score_actions.py", "assessor_actions.py", "appeal_actions.py"),
    *("target_opening.py", "target_actions.py", "letter_actions.py"),
    *("doubts.py", "matching_choice.py", "rule_actions.py", "simulating.py"),
    *("reading_item_actions.py", "reading_completion.py"),
    *("inspection_actions.py", "rectification_actions.py", "visit_actions.py", "survey_actions.py"),
    "silence_actions.py",
    *("letters.py", "moves.py", "paying.py", "results.py", "returns.py", "tokens.py"),
}
RECORDS = {"miaopu.core.actions.record_event", "miaopu.core.many.record_events"}

BY, EVENT, ATOMIC = "takes keyword-only `by`", "records an event", "is atomic"

# function → what it does without, each with the reason.
EXCEPTIONS: dict[str, dict[str, str]] = {
    "core.actions.record_event": {
        EVENT: "it is the event",
        ATOMIC: "one insert, in the caller's transaction",
    },
    "core.actions.notify": {
        BY: "tells what another action did",
        EVENT: "the action it tells of has one",
        ATOMIC: "one insert, once per key",
    },
    "core.actions.mark_notices_read": {
        BY: "the user is its subject",
        EVENT: "reading is no act of office",
        ATOMIC: "one statement",
    },
    "core.actions.report_progress": {
        BY: "a worker's figure, the job has its starter",
        EVENT: "thousands of them, the job's row says it",
        ATOMIC: "one statement, seen at once by the reader of the page",
    },
    "core.actions.finish_job": {
        BY: "a worker's result, the job has its starter",
        EVENT: "the job's row says it",
        ATOMIC: "one statement",
    },
    "core.actions.fail_job": {
        BY: "a worker's result, the job has its starter",
        EVENT: "the job's row says it",
        ATOMIC: "one statement",
    },
    "core.tokens.note_use": {
        BY: "the token names its user",
        EVENT: "an access log of its own; making and revoking have events",
        ATOMIC: "one statement",
    },
    "core.tokens.user_of": {
        BY: "finds out who asks",
        EVENT: "only notes the use",
        ATOMIC: "a read, and one statement",
    },
    "core.actions.load_regions": {
        BY: "reference data, the same for everybody",
        EVENT: "reference data; load_version, which brings zones, has one",
    },
    "core.actions.start_demo_clock": {
        BY: "the demo starts itself",
        EVENT: "there is nobody yet; moving the clock later has one",
    },
    "plans.actions.match_version": {
        BY: "a worker's computation, the job has its starter",
        ATOMIC: "reading everybody is long; only the replacement is one transaction",
    },
    "plans.simulating.run_simulation": {
        BY: "a worker's computation, the simulation has its maker",
        EVENT: "opening the simulation has one",
        ATOMIC: "reading everybody is long; only the answer is one transaction",
    },
    "plans.task_actions.settle_task": {
        BY: "follows the action that did what was asked for",
        EVENT: "reading is no act of office",
        ATOMIC: "one statement",
    },
    "plans.task_reminders.remind_of_tasks": {
        BY: "the passing of time reminds",
        ATOMIC: "every escalation is a transaction; notices are kept once",
    },
    "bases.inspection_actions.keep_lines": {
        BY: "a part of saving a form and of inspecting on site, each of which names who",
        EVENT: "each of them has one",
        ATOMIC: "in the transaction that holds the form",
    },
    "cases.actions.publish_items": {
        BY: "follows the version, whose event names who loaded it",
        EVENT: "follows the version, which has one",
    },
    "cases.offering.renew_offers": {
        ATOMIC: "every batch is a transaction, so that a broken run goes on where it ended",
    },
    "cases.offering.expire_offers": {
        BY: "the passing of time ends them",
        ATOMIC: "every offer is a transaction",
    },
    "cases.decisions.start_decide_clocks": {
        BY: "the passing of time starts them",
        EVENT: "the clock's row says when and why",
    },
    "ledger.actions.account_of": {
        BY: "opens an empty account",
        EVENT: "an empty account is no act; the transfer into it is",
        ATOMIC: "one insert",
    },
    "ledger.actions.make_transfer": {
        EVENT: "the transfer is its own record: append-only, with by, at and reason",
        ATOMIC: "make_transfers is",
    },
    "ledger.actions.make_transfers": {
        EVENT: "the transfers are their own record: append-only, with by, at and reason",
    },
    "ledger.moves.move_awards": {
        EVENT: "a part of commit, pay, return and release, each of which has one",
        ATOMIC: "in the transaction that holds the award",
    },
    "ledger.awards.commit_award": {
        BY: "called as an outcome: handler(case, by)",
    },
    "ledger.books.seal_days": {
        BY: "the passing of time seals them",
    },
}


def wanting(files: Iterable[Source], exceptions: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What writes of action files do without; exceptions that nobody needs any more."""
    graph = CallGraph(files)
    needed: set[tuple[str, str]] = set()
    problems = []
    for one in graph.functions.values():
        is_action = one.source.parts[-1] in ACTION_FILES and one.source.room in DJANGO_ROOMS
        if not (is_action and one.is_public and graph.writes(one)):
            continue
        kept = {
            BY: one.takes("by"),
            EVENT: bool(RECORDS & (graph.reached(one) - {one.name})),
            ATOMIC: one.is_atomic,
        }
        for rule, holds in kept.items():
            if holds:
                continue
            needed.add((one.short, rule))
            if rule not in exceptions.get(one.short, {}):
                problems.append(one.source.at(one.node.lineno, f"{one.node.name}: not: {rule}"))
    for name, rules in exceptions.items():
        for rule in rules:
            if (name, rule) not in needed:
                problems.append(f"{name}: {rule!r} needs no exception any more")
    return problems


def test_actions_name_who_leave_an_event_and_are_atomic() -> None:
    problems = wanting(package(*DJANGO_ROOMS), EXCEPTIONS)
    assert not problems, listed(problems)


CORE = Source("miaopu/core/actions.py", "def record_event(x, *, by):\n    E.objects.create()")
NO_EVENT_NEEDED = {
    "core.actions.record_event": {EVENT: "it is the event", ATOMIC: "one insert"},
}
HEAD = "from miaopu.core.actions import record_event\nfrom miaopu.core import actions\n"
GOOD = "@transaction.atomic\ndef move_case(case, *, by):\n    case.save()\n    _log(case, by)\n"
LOG = "def _log(case, by):\n    actions.record_event(case, by=by)\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD + LOG, ""),
        (GOOD.replace("*, by", "by") + LOG, BY),
        (GOOD.replace("@transaction.atomic\n", "") + LOG, ATOMIC),
        (GOOD + "def _log(case, by):\n    pass\n", EVENT),
        (GOOD.replace("case.save()", "_change(case)") + "def _log(c, b):\n    pass\n"
         "def _change(case):\n    Case.objects.filter(pk=case.pk).update(a=1)\n", EVENT),
        ("def read_case(case):\n    return case.files.all()\n", ""),
        ("def _save(case):\n    case.save()\n", ""),
    ],
)  # fmt: skip
def test_careless_writes_are_found(text: str, found: str) -> None:
    files = [CORE, Source("miaopu/cases/actions.py", HEAD + text)]
    problems = wanting(files, NO_EVENT_NEEDED)
    assert len(problems) == bool(found), listed(problems)
    assert found in listed(problems)


def test_exceptions_do_not_outlive_their_need() -> None:
    exceptions = {**NO_EVENT_NEEDED, "cases.actions.move_case": {BY: "old"}}
    files = [CORE, Source("miaopu/cases/actions.py", HEAD + GOOD + LOG)]
    assert len(wanting(files, exceptions)) == 1
    assert len(wanting(files[:1], exceptions)) == 1


def rough_locks(source: Source) -> list[str]:
    """Row locks that lock joined rows too, or hold up foreign keys."""
    problems = []
    for node, name in calls(source.tree):
        if name == "select_for_update":
            given = {one.arg: ast.unparse(one.value) for one in node.keywords}
            if given.get("of") != "('self',)" or given.get("no_key") != "True":
                problems.append(
                    source.at(node.lineno, 'select_for_update(of=("self",), no_key=True)')
                )
    return problems


def test_row_locks_are_gentle() -> None:
    files = package(*DJANGO_ROOMS)
    locks = [node for source in files for node, name in calls(source.tree)
             if name == "select_for_update"]  # fmt: skip
    problems = [line for source in files for line in rough_locks(source)]
    assert len(locks) >= 5
    assert not problems, listed(problems)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('rows.select_for_update(of=("self",), no_key=True)', 0),
        ('rows.select_for_update(of=("self",))', 1),
        ("rows.select_for_update(no_key=True)", 1),
        ("rows.select_for_update()", 1),
        ('rows.select_for_update(of=("self", "item"), no_key=True)', 1),
    ],
)
def test_rough_locks_are_found(text: str, found: int) -> None:
    assert len(rough_locks(Source("miaopu/cases/x.py", text))) == found
