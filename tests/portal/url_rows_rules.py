"""Rows of the URL × role table: rules, proposed rules, simulations, and choices about matching."""

from tests.house.url_roles import CASE_READERS, ENTERPRISES, Route

POST = ("POST",)
BOTH = ("GET", "POST")
READERS = CASE_READERS | {"other_reviewer"}
OWNER = frozenset({"enterprise"})
OFFICER = frozenset({"programme_officer"})
ACTING = OFFICER | {"leading_group"}
# Rules and figures are the whole programme's: a district's reviewer reads them like any other.
OTHER = {"other_reviewer": 200}

ROWS: dict[str, Route] = {
    "benefits": Route(allow=ENTERPRISES),
    "matching_explained": Route(allow=OWNER, thing="enterprise"),
    "matching_choice": Route(allow=OWNER, thing="enterprise", methods=POST, data={"wanted": "no"}),
    "fact_doubt": Route(
        allow=OWNER,
        thing="doubted",
        methods=BOTH,
        data={"says": "三人", "why": "社保缴费三人"},
    ),
    "fact_doubts": Route(allow=READERS),
    "office_fact_doubt": Route(
        allow=CASE_READERS,
        thing="doubt",
        methods=BOTH,
        post=frozenset({"reviewer"}),
        data={"state": "kept", "answer": "经核对社保记录无误"},
    ),
    "rule_list": Route(allow=READERS),
    "rule_language": Route(allow=READERS),
    "rule": Route(allow=CASE_READERS, thing="item", also=OTHER),
    "rule_change": Route(allow=OFFICER, thing="item", methods=POST),
    "rule_check": Route(
        allow=OFFICER, thing="programme", methods=POST, posted=200, data={"amount": "1"}
    ),
    "rule_proposal": Route(allow=CASE_READERS, thing="proposal", also=OTHER),
    "rule_proposal_edit": Route(
        allow=OFFICER, thing="draft_rule", methods=BOTH, posted=422
    ),  # a form without answers
    "rule_proposal_step": Route(allow=ACTING, thing="proposal_step", methods=POST),
    "simulator": Route(allow=READERS, methods=BOTH, posted=422),
    "simulation": Route(allow=CASE_READERS, thing="simulation", also=OTHER),
    "simulation_save": Route(
        allow=CASE_READERS,
        thing="simulation",
        methods=POST,
        data={"name": "放宽到二十人"},
        also={"other_reviewer": 302},
    ),
    "simulation_export": Route(allow=CASE_READERS, thing="simulation", also=OTHER),
}
