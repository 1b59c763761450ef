"""Who gets which answer from the pages of tasks, duties, their calendar and summaries."""

from tests.house.url_roles import CASE_READERS, Route

BOTH, POST = ("GET", "POST"), ("POST",)
READERS = CASE_READERS | {"other_reviewer", "finance_officer"}
SUPERVISORS = frozenset({"programme_officer", "leading_group"})
WHOLE = SUPERVISORS | {"auditor"}  # the whole city is in their scope
SEES = dict.fromkeys(WHOLE, 403)  # may see the thing, but another does it
# A task of all districts: the offices of both districts answer for it, and see it.
HOLDERS = {"other_reviewer": 200}
DONE = {
    "done_on": "2018-05-09",
    "person": "张主任",
    "rank": "principal",
    "venue": "1",
    "place": "花果园社区",
}

ROWS: dict[str, Route] = {
    "task_board": Route(allow=READERS),
    "task": Route(allow=CASE_READERS, thing="task", also=HOLDERS),
    "task_report": Route(
        allow=CASE_READERS,
        thing="task_open",
        methods=BOTH,
        posted=422,  # a form without answers
        also=SEES,
    ),
    "task_step": Route(
        allow=CASE_READERS,
        thing="task_step",
        methods=POST,
        data={"revision": "2", "answer": "note"},
        also={**dict.fromkeys(("reviewer", "approver", "auditor"), 403)},
    ),
    "task_file": Route(allow=CASE_READERS, thing="task_file"),
    "task_units": Route(allow=READERS, methods=BOTH, post=SUPERVISORS, posted=422),
    "unit_remove": Route(allow=SUPERVISORS, thing="unit_office", methods=POST),
    "duties": Route(allow=READERS),
    "duty": Route(allow=CASE_READERS, thing="duty"),
    "duty_record_new": Route(
        allow=CASE_READERS,
        thing="duty",
        methods=BOTH,
        data=DONE,
        also={"auditor": 403},
    ),
    "duty_record": Route(
        allow=CASE_READERS,
        thing="duty_record",
        methods=BOTH,
        post=SUPERVISORS | {"reviewer"},
        data={"reason": "日期填错"},
    ),
    "duty_file": Route(allow=CASE_READERS, thing="duty_file"),
    "duty_calendar": Route(allow=READERS, methods=BOTH),
    "feed_revoke": Route(allow=frozenset({"reviewer"}), thing="feed", methods=POST),
    "calendar_feed": Route(open=True, thing="feed_address"),
    "programme_summary": Route(allow=WHOLE, thing="programme"),
    "summary_file": Route(allow=WHOLE, thing="summary"),
}
