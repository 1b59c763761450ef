"""The routes that anyone may ask for without signing in, by name: the one list of them."""

# What anyone may read: the programme, what was granted and to whom, the proof.
PUBLIC_PAGES = frozenset(
    {
        *("home", "programme", "clause", "item", "publicity_list", "publicity"),
        *("objection_make", "objection_follow"),  # anybody may object; what was said is not shown
        *("publicity_content", "money", "awards", "award", "verify", "books_export", "figures"),
        *("self_check", "open_data", "open_data_manifest", "open_data_set"),
        *("policy_list", "policy", "policy_file", "fee_list"),
        *("gallery", "gallery_clause", "bases", "base"),
        *("titles", "title_list", "title_objection_follow", "base_file"),
        *("rankings", "ranking", "bulletin_file", "certificate"),
    }
)
# Open to programs that know a secret address, which is revocable and shows what its user may see.
BY_SECRET_ADDRESS = frozenset({"calendar_feed"})
WAYS_IN_AND_OUT = frozenset(
    {"sign_in", "account_login", "sign_out", "set_language", "set_care"},
)
# The API's public part, and the page about it.
PUBLIC_API = frozenset(
    {
        *("api_page", "api:openapi", "api:programmes", "api:programme", "api:targets"),
        *("api:figures", "api:items", "api:clauses", "api:publicities", "api:publicity"),
        *("api:awards", "api:award", "api:accounts", "api:transfers", "api:seals"),
        *("api:policies", "api:policy", "api:fees"),
    }
)
# Open to the middleware only: they check token or session themselves and answer 401, because a
# program cannot be led to the sign-in page (miaopu.portal.api.signing_in).
CHECKED_BY_THE_API = frozenset(
    {
        *("api:me", "api:enterprises", "api:enterprise", "api:cases", "api:case"),
        *("api:entitlements", "api:payments", "api:offers", "api:objections", "api:objection"),
        *("api:batch_reviews", "api:batch_review", "api:payment_batches", "api:payment_batch"),
        *("api:deliveries", "api:delivery", "api:delivery_rows"),
    }
)

OPEN = PUBLIC_PAGES | BY_SECRET_ADDRESS | WAYS_IN_AND_OUT | PUBLIC_API | CHECKED_BY_THE_API
