"""The routes that anyone may ask for without signing in, by name: the one list of them.

The API's routes will stand here too, with the reason that they check a token themselves.
"""

# What anyone may read: the programme, what was granted and to whom, the proof.
PUBLIC_PAGES = frozenset(
    {
        *("home", "programme", "clause", "item", "publicity_list", "publicity"),
        *("objection_make", "objection_follow"),  # anybody may object; what was said is not shown
        *("publicity_content", "money", "awards", "award", "verify", "books_export", "figures"),
        *("gallery", "gallery_clause"),
    }
)
WAYS_IN_AND_OUT = frozenset({"sign_in", "account_login", "sign_out", "set_language"})

OPEN = PUBLIC_PAGES | WAYS_IN_AND_OUT
