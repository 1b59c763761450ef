"""The URL × role table: every route of the site, and who gets which answer.

tests/house/url_roles.py says what a row means; tests/house/test_routes.py fails where this table
and the resolver differ; tests/portal/test_url_roles.py asks every route as every role.
"""

from tests.house.url_roles import CASE_READERS, ENTERPRISES, SIGNED_IN, Route

POST = ("POST",)
BOTH = ("GET", "POST")
OWNER = frozenset({"enterprise"})
OFFICERS = frozenset(
    {"reviewer", "other_reviewer", "approver", "programme_officer", "leading_group"}
)
READERS = CASE_READERS | {"other_reviewer"}
MONEY = frozenset({"finance_officer", "programme_officer", "leading_group", "auditor"})
APPROVER = frozenset({"approver"})

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
    "publicity_content": Route(open=True, thing="publicity"),
    "money": Route(open=True),
    "awards": Route(open=True),
    "award": Route(open=True, thing="award"),
    "verify": Route(open=True),
    "books_export": Route(open=True),
    "figures": Route(open=True),
    # Enterprise
    "my_home": Route(allow=ENTERPRISES),
    "my_enterprise": Route(allow=OWNER, thing="enterprise"),
    "offer": Route(allow=OWNER, thing="offer"),
    "apply": Route(allow=OWNER, thing="offer", methods=POST),
    "my_cases": Route(allow=ENTERPRISES),
    "my_case": Route(allow=OWNER, thing="case"),
    "case_form": Route(allow=OWNER, thing="draft"),
    "case_file_add": Route(allow=OWNER, thing="draft", methods=POST),
    "case_check": Route(allow=OWNER, thing="draft"),
    "case_receipt": Route(allow=OWNER, thing="case"),
    "case_withdraw": Route(allow=OWNER, thing="draft", methods=POST),
    "my_file": Route(allow=OWNER, thing="file"),
    "notices": Route(allow=SIGNED_IN, methods=BOTH),
    # Offices
    "office_home": Route(allow=OFFICERS),
    "case_queue": Route(allow=READERS),
    "case_packet": Route(allow=CASE_READERS, thing="case"),
    "case_step": Route(
        allow=frozenset({"reviewer", "approver"}),
        thing="step",
        methods=POST,
        also={"approver": 403},  # may see the case, but accepting is the reviewer's
    ),
    "office_file": Route(allow=CASE_READERS, thing="file"),
    "entitlements": Route(allow=READERS),
    "start_match": Route(allow=frozenset({"programme_officer"}), methods=POST),
    "enterprise_search": Route(allow=READERS),
    "office_enterprise": Route(allow=CASE_READERS, thing="enterprise"),
    "publicity_prepare": Route(allow=READERS),
    "publish": Route(allow=APPROVER, methods=POST),
    "office_publicity": Route(allow=CASE_READERS, thing="publicity"),
    "decide_list": Route(allow=APPROVER, thing="publicity", methods=POST),
    "job": Route(allow=frozenset({"programme_officer"}), thing="job"),
    "audit_events": Route(allow=frozenset({"auditor", "audit_admin"})),
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
    # The demo
    "demo_clock": Route(allow=SIGNED_IN, methods=BOTH, data={"working_days": "1"}),
}
