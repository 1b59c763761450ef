"""The URL × role table: every route of the site, and who gets which answer.

tests/house/url_roles.py says what a row means; tests/house/test_routes.py fails where this table
and the resolver differ.
"""

from tests.house.url_roles import SIGNED_IN, Route

POST = ("POST",)

TABLE: dict[str, Route] = {
    # Ways in and out
    "sign_in": Route(open=True),
    "account_login": Route(open=True),
    "sign_out": Route(open=True, methods=POST),
    "set_language": Route(open=True, methods=POST, data={"language": "en"}),
    "kept_forms": Route(allow=SIGNED_IN),
    "kept_form_discard": Route(allow=SIGNED_IN, methods=POST),
    # The gallery of components
    "gallery": Route(open=True),
    "gallery_clause": Route(open=True),
}
