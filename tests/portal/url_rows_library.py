"""Rows of the URL × role table: policy library, fee lists, versions of programmes."""

from tests.house.url_roles import SIGNED_IN, Route

POST = ("POST",)
BOTH = ("GET", "POST")
OFFICERS = frozenset(
    {"reviewer", "other_reviewer", "approver", "programme_officer", "leading_group"}
)
WRITERS = frozenset({"reviewer", "other_reviewer", "approver", "programme_officer"})
KEEPERS = frozenset({"reviewer", "approver", "programme_officer", "leading_group"})
PUBLISHERS = frozenset({"approver", "programme_officer", "leading_group"})

ROWS: dict[str, Route] = {
    "policy_list": Route(open=True),
    "policy": Route(open=True, thing="policy"),
    "policy_file": Route(open=True, thing="policy"),
    "policy_subscriptions": Route(allow=SIGNED_IN, methods=BOTH, data={"kind": "plan"}),
    "policy_subscription_end": Route(
        allow=frozenset({"enterprise"}), thing="policy_subscription", methods=POST
    ),
    "policy_library": Route(allow=OFFICERS),
    "policy_new": Route(allow=WRITERS, methods=BOTH, posted=422),  # neither file nor text
    "policy_manage": Route(allow=KEEPERS, thing="policy"),
    "policy_draft": Route(
        allow=KEEPERS, post=KEEPERS - {"leading_group"}, thing="policy_draft", methods=BOTH,
        posted=422,
    ),
    "policy_amend": Route(
        allow=KEEPERS - {"leading_group"}, thing="policy", methods=BOTH, posted=422
    ),
    "policy_review": Route(
        allow=KEEPERS - {"leading_group"}, thing="policy", methods=POST, posted=422
    ),
    "policy_step": Route(allow=KEEPERS, thing="policy_step", methods=POST),
    "fee_list": Route(open=True),
    "fee_lists": Route(
        allow=OFFICERS, post=WRITERS, methods=BOTH, posted=422
    ),  # no file
    "fee_version": Route(allow=KEEPERS, thing="fee_list"),
    "fee_publish": Route(allow=PUBLISHERS, thing="fee_list", methods=POST),
    "fee_workbook_file": Route(allow=WRITERS),
    "programme_versions": Route(allow=frozenset({"programme_officer"})),
    "api:policies": Route(open=True),
    "api:policy": Route(open=True, thing="policy"),
    "api:fees": Route(open=True),
}  # fmt: skip
