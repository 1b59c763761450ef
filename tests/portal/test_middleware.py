"""A GET cannot write; private pages are stored nowhere; closed by default."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from miaopu.core.models import User
from miaopu.portal.read_only import WriteInGet, refusal

OWN = pytest.mark.urls("tests.portal.sample_urls")
LOCKED = 'SELECT "core_user"."id" FROM "core_user" WHERE "core_user"."id" = %s FOR NO KEY UPDATE'


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("reviewer", password="a-long-test-password", name="审核员甲")


# ---------------------------------------------------------------- statements


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "core_user"."id" FROM "core_user" WHERE "core_user"."name" = %s LIMIT 21',
        "select 1",
        "(SELECT 1) UNION (SELECT 2)",
        "WITH recent AS (SELECT * FROM core_event) SELECT count(*) FROM recent",
        "SELECT 'DELETE FROM core_user'",
        "SELECT E'it\\'s; DELETE FROM core_user'",
        'SELECT "update" FROM "insert"',
        "SELECT $$ UPDATE core_user $$, $x$ DROP TABLE a $x$",
        "SELECT 1 -- DELETE FROM core_user",
        "SELECT 1 /* UPDATE core_user SET name = 'x' */",
        "SELECT substring(name FOR 3), extract(day FROM at) FROM core_event",
        "SAVEPOINT s1",
        "RELEASE SAVEPOINT s1",
        "BEGIN",
        "SET LOCAL statement_timeout = 100",
        "EXPLAIN SELECT 1",
        "SELECT updated, deleted_at, insert_count FROM t",
        'INSERT INTO "django_session" ("session_key") VALUES (%s)',
        'UPDATE "django_session" SET "expire_date" = %s WHERE "session_key" = %s',
        'UPDATE "public"."django_session" SET "expire_date" = %s',
        'INSERT INTO "axes_accesslog" ("ip") VALUES (%s) ON CONFLICT (ip) DO UPDATE SET ip = %s',
        'DELETE FROM ONLY "axes_accessattempt" WHERE id = 1',
    ],
)
def test_reading_statements_pass(sql: str) -> None:
    assert refusal(sql) == ""


@pytest.mark.parametrize(
    "sql",
    [
        'UPDATE "core_user" SET "name" = %s',
        "update only core_user set name = %s",
        'INSERT INTO "ledger_entry" ("id") VALUES (1)',
        "INSERT INTO t VALUES (1) ON CONFLICT DO UPDATE SET a = 1",
        'DELETE FROM "cases_case"',
        "MERGE INTO core_user USING x ON true WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM core_user RETURNING *) SELECT * FROM gone",
        "WITH x AS (INSERT INTO django_session VALUES (1) RETURNING 1) DELETE FROM core_user",
        "SELECT 1; DELETE FROM core_user",
        "SELECT 1; ; DROP TABLE core_user",
        "/* SELECT */ TRUNCATE core_user",
        "SELECT * INTO copy FROM core_user",
        "EXPLAIN ANALYZE DELETE FROM core_user",
        LOCKED,
        "SELECT 1 FROM core_user FOR UPDATE OF core_user NOWAIT",
        "SELECT 1 FROM core_user FOR SHARE",
        "SELECT 1 FROM core_user FOR KEY SHARE",
        "CREATE TABLE a (b int)",
        "ALTER TABLE core_user ADD b int",
        "COPY core_user FROM STDIN",
        "CALL do_it()",
        "DO $$ BEGIN DELETE FROM core_user; END $$",
        "LOCK TABLE core_user",
        "NOTIFY jobs",
        "SELECT nextval('core_user_id_seq')",
        "SELECT pg_notify('a', 'b')",
        "SELECT pg_advisory_xact_lock(1)",
        "SELECT procrastinate_defer_jobs_v1(ARRAY[1])",
        'UPDATE "core_user" SET "name" = (SELECT "session_key" FROM "django_session")',
        'DELETE FROM "other"."core_user"',
        "VACUUM",
        "UPDATE",
    ],
)
def test_writing_statements_are_refused(sql: str) -> None:
    assert refusal(sql) != ""


@given(
    st.sampled_from(["UPDATE core_user SET name = ''", "DELETE FROM core_user", LOCKED]),
    st.lists(st.sampled_from([" ", "\n", "/* select */", "-- select\n", ";", "SELECT 'x';"])),
)
def test_nothing_in_front_hides_a_write(write: str, before: list[str]) -> None:
    assert refusal("".join(before) + " " + write) != ""


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    refusal(text)
    assert refusal(f"SELECT {_quoted(text)}") == ""


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


# ---------------------------------------------------------------- pages


@OWN
@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_get_cannot_write(client: Client, method: str) -> None:
    assert client.post("/writes/").content == b"0"
    with pytest.raises(WriteInGet, match="UPDATE core_user"):
        getattr(client, method)("/writes/")


@OWN
@pytest.mark.django_db
def test_a_streamed_get_cannot_write(client: Client) -> None:
    assert b"".join(client.post("/streams-writes/").streaming_content) == b"first 0"
    parts = iter(client.get("/streams-writes/").streaming_content)
    assert next(parts) == b"first "
    User.objects.filter(username="nobody").update(name="x")  # between the parts others may write
    with pytest.raises(WriteInGet):
        next(parts)


@OWN
@pytest.mark.django_db
def test_a_get_may_write_what_is_listed(client: Client) -> None:
    assert client.get("/session-in-get/").status_code == 200
    assert client.session["seen"] is True


@OWN
@pytest.mark.django_db
def test_raw_statements_are_guarded_too(client: Client) -> None:
    assert client.get("/raw/", {"sql": "SELECT 1"}).status_code == 200
    with pytest.raises(WriteInGet):
        client.get("/raw/", {"sql": "CREATE TEMPORARY TABLE t (a int)"})


@OWN
def test_private_pages_are_not_stored(client: Client, user: User) -> None:
    assert "Cache-Control" not in client.get("/gallery/").headers
    client.force_login(user)
    for address in ("/gallery/", "/form/", "/no-such-page/"):
        assert client.get(address)["Cache-Control"] == "no-store, private", address


@OWN
@pytest.mark.django_db
def test_open_pages_cost_a_stranger_no_query(
    client: Client, django_assert_num_queries: object, settings: object
) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    client.get("/gallery/clause/")
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/gallery/clause/")


@OWN
@pytest.mark.django_db
def test_closed_pages_lead_to_sign_in_and_back(client: Client) -> None:
    response = client.get("/form/?a=1")
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/form/%3Fa%3D1"


@OWN
@pytest.mark.django_db
def test_fragments_lead_the_whole_page_to_sign_in(client: Client) -> None:
    response = client.get(
        "/form/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/gallery/"}
    )
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/sign-in/?next=%2Fgallery%2F"


@OWN
@pytest.mark.django_db
def test_pages_carry_the_content_security_policy(client: Client) -> None:
    policy = client.get("/gallery/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
