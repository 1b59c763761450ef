"""The URL × role table: every route of the site, and who gets which answer.

tests/house/url_roles.py says what a row means; tests/house/test_routes.py fails where this table
and the resolver differ; tests/portal/test_url_roles.py asks every route as every role.
"""

from tests.factories import GOOD_FORM
from tests.house.url_roles import CASE_READERS, ENTERPRISES, SIGNED_IN, Route
from tests.portal import (
    url_rows_assessment_papers,
    url_rows_assessments,
    url_rows_bases,
    url_rows_desk,
    url_rows_library,
    url_rows_targets,
)
from tests.portal.url_rows_base_records import ROWS as BASE_RECORDS
from tests.portal.url_rows_growth import ROWS as GROWTH
from tests.portal.url_rows_inspections import ROWS as INSPECTIONS
from tests.portal.url_rows_rules import ROWS as RULES
from tests.portal.url_rows_supervision import ROWS as SUPERVISION
from tests.portal.url_rows_titles import ROWS as TITLES

POST = ("POST",)
BOTH = ("GET", "POST")
OWNER = frozenset({"enterprise"})
OFFICERS = frozenset(
    {"reviewer", "other_reviewer", "approver", "programme_officer", "leading_group"}
)
READERS = CASE_READERS | {"other_reviewer"}
DELIVERING = frozenset({"reviewer", "other_reviewer", "programme_officer"})
MONEY = frozenset({"finance_officer", "programme_officer", "leading_group", "auditor"})
APPROVER = frozenset({"approver"})
OFFICER = frozenset({"finance_officer"})
CORRECTED = {"revision": "1", "bank_account": "6222020200012345679"}

TABLE: dict[str, Route] = {
    # Ways in and out
    "sign_in": Route(open=True, also=dict.fromkeys(SIGNED_IN, 302)),  # they are in already
    "account_login": Route(open=True, also=dict.fromkeys(SIGNED_IN, 302)),
    "sign_out": Route(open=True, methods=POST),
    "set_language": Route(open=True, methods=POST, data={"language": "en"}),
    "set_care": Route(open=True, methods=POST, data={"care": "1"}),
    "kept_forms": Route(allow=SIGNED_IN),
    "kept_form_discard": Route(allow=SIGNED_IN, methods=POST),
    # The gallery of components
    "gallery": Route(open=True),
    "gallery_clause": Route(open=True),
    # Public
    "home": Route(open=True),
    "programme": Route(open=True, thing="programme"),
    "clause": Route(open=True, thing="clause"),
    "item": Route(open=True, thing="item"),
    "publicity_list": Route(open=True),
    "publicity": Route(open=True, thing="publicity"),
    "objection_make": Route(open=True, thing="publicity", methods=BOTH),
    "objection_follow": Route(open=True, methods=BOTH, posted=422),
    "publicity_content": Route(open=True, thing="publicity"),
    "self_check": Route(open=True, methods=BOTH, posted=200),
    "money": Route(open=True),
    "awards": Route(open=True),
    "award": Route(open=True, thing="award"),
    "verify": Route(open=True),
    "open_data": Route(open=True),
    "open_data_manifest": Route(open=True),
    "open_data_set": Route(open=True),
    "books_export": Route(open=True),
    "figures": Route(open=True),
    # Enterprise
    "my_home": Route(allow=ENTERPRISES),
    "my_enterprise": Route(allow=OWNER, thing="enterprise"),
    "offer": Route(allow=OWNER, thing="offer"),
    "apply": Route(allow=OWNER, thing="offer", methods=POST),
    "offer_notices": Route(allow=ENTERPRISES, methods=POST, data={"wanted": "no"}),
    "my_offer": Route(allow=OWNER, thing="offered"),
    "offer_decline": Route(allow=OWNER, thing="offered", methods=POST),
    "my_cases": Route(allow=ENTERPRISES),
    "my_case": Route(allow=OWNER, thing="case"),
    "case_form": Route(allow=OWNER, thing="draft"),
    "case_question": Route(allow=OWNER, thing="question", methods=BOTH, data=GOOD_FORM),
    "case_files": Route(allow=OWNER, thing="draft"),
    "case_file_remove": Route(allow=OWNER, thing="paper", methods=POST),
    "case_check": Route(allow=OWNER, thing="draft"),
    "case_receipt": Route(allow=OWNER, thing="case"),
    "my_correction": Route(allow=OWNER, thing="returned", methods=BOTH, data=CORRECTED),
    "correction_check": Route(allow=OWNER, thing="returned", methods=BOTH, data={"revision": "1"}),
    "case_withdraw": Route(allow=OWNER, thing="draft", methods=POST),
    "my_file": Route(allow=OWNER, thing="file"),
    "notices": Route(allow=SIGNED_IN, methods=BOTH),
    "case_account": Route(
        allow=OWNER,
        thing="awaiting",
        methods=BOTH,
        data={"bank_name": "贵阳银行", "bank_account": "6222020200099999999"},
    ),
    "my_letter": Route(allow=OWNER, thing="letter"),
    # Offices
    "office_home": Route(allow=OFFICERS),
    "office_board": Route(allow=READERS),
    "case_queue": Route(allow=READERS),
    "case_packet": Route(allow=CASE_READERS, thing="case"),
    "case_step": Route(
        allow=frozenset({"reviewer", "approver"}),
        thing="step",
        methods=POST,
        also={"approver": 403},  # may see the case, but accepting is the reviewer's
    ),
    "office_letter": Route(allow=CASE_READERS | OFFICER, thing="letter"),
    "office_file": Route(allow=CASE_READERS, thing="file"),
    "entitlements": Route(allow=READERS),
    "start_match": Route(allow=frozenset({"programme_officer"}), methods=POST),
    "office_offers": Route(allow=READERS),
    "office_offer": Route(allow=CASE_READERS, thing="offered"),
    "issue_offers": Route(allow=frozenset({"programme_officer"}), methods=POST),
    "enterprise_search": Route(allow=READERS),
    "office_enterprise": Route(allow=CASE_READERS, thing="enterprise"),
    "deliveries": Route(allow=DELIVERING),
    "delivery_new": Route(allow=DELIVERING, methods=BOTH, posted=422),  # a form without answers
    "delivery_template": Route(allow=DELIVERING),
    "delivery": Route(allow=DELIVERING, thing="delivery"),
    "delivery_confirm": Route(allow=DELIVERING, thing="delivery", methods=POST),
    # Whole rows with personal data: whoever delivered them, and the region's reviewers.
    "delivery_returned": Route(allow=frozenset({"reviewer"}), thing="delivery"),
    "batches": Route(allow=READERS),
    "batch_open": Route(allow=frozenset({"leading_group"}), methods=POST),
    "batch": Route(allow=CASE_READERS, thing="batch"),
    "batch_export": Route(allow=CASE_READERS, thing="batch"),
    "batch_step": Route(
        allow=frozenset({"leading_group"}),
        thing="batch_step",
        methods=POST,
        data={"reason": "等追加预算"},
    ),
    "publicity_prepare": Route(allow=READERS),
    "publish": Route(allow=APPROVER, methods=POST),
    "office_publicity": Route(allow=CASE_READERS, thing="publicity"),
    "decide_list": Route(allow=APPROVER, thing="publicity", methods=POST),
    "objections": Route(allow=READERS),
    "objection": Route(
        allow=CASE_READERS,
        thing="objection",
        methods=BOTH,
        post=APPROVER,
        data={"result": "dismissed", "reason": "经核实不成立"},
    ),
    "objection_file": Route(allow=CASE_READERS, thing="objection"),
    "job": Route(allow=frozenset({"programme_officer"}), thing="job"),
    "audit_events": Route(allow=frozenset({"auditor", "audit_admin"})),
    **url_rows_targets.ROWS,
    # Money
    "finance_home": Route(allow=MONEY),
    "account": Route(allow=MONEY, thing="account"),
    "payments": Route(allow=MONEY),
    "finance_award": Route(allow=MONEY, thing="award"),
    "pay": Route(
        allow=frozenset({"finance_officer"}),
        thing="award",
        methods=POST,
        data={"bank_reference": "B1"},
    ),
    "release": Route(
        allow=frozenset({"finance_officer"}),
        thing="award",
        methods=POST,
        data={"reason": "企业已注销"},
    ),
    "return_payment": Route(
        allow=OFFICER, thing="paid_award", methods=POST, data={"reason": "账户已销户"}
    ),
    "payment_batches": Route(allow=MONEY),
    "payment_batch_new": Route(allow=OFFICER, methods=BOTH),
    "payment_batch": Route(allow=MONEY, thing="payment_batch"),
    "payment_batch_file": Route(allow=OFFICER, thing="payment_batch_file"),
    "payment_batch_reply_add": Route(
        allow=OFFICER, thing="payment_batch", methods=POST, posted=422
    ),  # no file
    "payment_batch_reply": Route(allow=OFFICER, thing="reply", methods=BOTH),
    "payment_batch_line": Route(
        allow=OFFICER,
        thing="line",
        methods=BOTH,
        data={"result": "failed", "reason": "账号户名不符"},
    ),
    "payment_batch_cancel": Route(
        allow=OFFICER, thing="payment_batch", methods=POST, data={"reason": "清单有误"}
    ),
    # The API, and a user's tokens
    "api_page": Route(open=True),
    "tokens": Route(allow=SIGNED_IN, methods=BOTH, data={"name": "报表系统", "days": "90"}),
    "token_revoke": Route(allow=OWNER, thing="token", methods=POST),
    "api:openapi": Route(open=True),
    "api:programmes": Route(open=True),
    "api:programme": Route(open=True, thing="programme"),
    "api:targets": Route(open=True, thing="programme"),
    "api:figures": Route(open=True, thing="programme"),
    "api:items": Route(open=True, thing="programme"),
    "api:clauses": Route(open=True, thing="programme"),
    "api:publicities": Route(open=True),
    "api:publicity": Route(open=True, thing="publicity"),
    "api:awards": Route(open=True),
    "api:award": Route(open=True, thing="award"),
    "api:accounts": Route(open=True),
    "api:transfers": Route(open=True),
    "api:seals": Route(open=True),
    "api:me": Route(allow=SIGNED_IN, api=True),
    "api:enterprises": Route(allow=ENTERPRISES | READERS, api=True),
    "api:enterprise": Route(allow=OWNER | CASE_READERS, thing="enterprise", api=True),
    "api:cases": Route(allow=ENTERPRISES | READERS, api=True),
    "api:case": Route(allow=OWNER | CASE_READERS, thing="case", api=True),
    "api:entitlements": Route(allow=ENTERPRISES | READERS, api=True),
    "api:payments": Route(allow=MONEY, api=True),
    "api:offers": Route(allow=ENTERPRISES | READERS, api=True),
    "api:objections": Route(allow=READERS, api=True),
    "api:objection": Route(allow=CASE_READERS, thing="objection", api=True),
    "api:batch_reviews": Route(allow=READERS, api=True),
    "api:batch_review": Route(allow=CASE_READERS, thing="batch", api=True),
    "api:payment_batches": Route(allow=MONEY, api=True),
    "api:payment_batch": Route(allow=MONEY, thing="payment_batch", api=True),
    "api:deliveries": Route(allow=DELIVERING, api=True),
    "api:delivery": Route(allow=DELIVERING, thing="delivery", api=True),
    "api:delivery_rows": Route(allow=DELIVERING, thing="delivery", api=True),
    **RULES,
    **url_rows_desk.ROWS,
    **SUPERVISION,
    **url_rows_library.ROWS,
    **url_rows_bases.ROWS,
    **INSPECTIONS,
    **TITLES,
    **BASE_RECORDS,
    **GROWTH,
    **url_rows_assessment_papers.ROWS,
    **url_rows_assessments.ROWS,
    # The demo
    "demo_clock": Route(allow=SIGNED_IN, methods=BOTH, data={"working_days": "1"}),
}
