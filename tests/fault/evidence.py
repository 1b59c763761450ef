"""Holds what the server confirmed against what is in the database."""

from __future__ import annotations

from tests.fault.site import DemoSite
from tests.fault.walker import Confirmed, Journal

EVENT = """
    SELECT count(*) FROM core_event e
      JOIN cases_case c ON e.subject_type = 'cases.case' AND e.subject_id = c.id::text
      JOIN core_user u ON u.id = e.actor_id
     WHERE c.number = %(thing)s AND e.verb = 'cases.' || %(step)s AND u.username = %(by)s"""
# For each step a query that gives exactly one where what was confirmed is there, once.
PROOF = {
    "open": """
        SELECT count(*) FROM cases_case c JOIN parties_enterprise e ON e.id = c.enterprise_id
         WHERE e.number = %(thing)s""",
    "save": """
        SELECT count(*) FROM cases_case
         WHERE number = %(thing)s AND form->>'use_of_funds' = %(detail)s""",
    "submit": EVENT,
    "accept": EVENT,
    "propose_grant": EVENT,
    "approve": EVENT,
    "publish": """
        SELECT count(*) FROM cases_publicity p JOIN core_user u ON u.id = p.published_by_id
         WHERE p.number = %(thing)s AND u.username = %(by)s AND %(detail)s =
           (SELECT string_agg(line->>'case', ',' ORDER BY place)
              FROM jsonb_array_elements(p.lines) WITH ORDINALITY AS one(line, place))""",
    "move": """
        SELECT count(*) FROM core_democlock
         WHERE (now() AT TIME ZONE 'Asia/Shanghai')::date + offset_days >= %(thing)s::date""",
    "decide": """
        SELECT (count(*) FILTER (WHERE c.state <> 'granted') = 0)::int
          FROM cases_case c JOIN cases_publicity p ON p.id = c.publicity_id
         WHERE p.number = %(thing)s""",
    "pay": """
        SELECT count(*) FROM ledger_award a JOIN core_user u ON u.id = a.paid_by_id
         WHERE a.number = 'A' || %(thing)s AND a.state = 'paid' AND u.username = %(by)s
           AND a.bank_reference = %(detail)s""",
}


def lost(site: DemoSite, journal: Journal) -> list[Confirmed]:
    """What was confirmed and is not there exactly once."""
    found = []
    with site.connect() as connection:
        for entry in journal.confirmed:
            parameters = {
                "thing": entry.thing, "step": entry.step, "by": entry.by, "detail": entry.detail,
            }  # fmt: skip
            row = connection.execute(PROOF[entry.step].encode(), parameters).fetchone()
            if row is None or row[0] != 1:
                found.append(entry)
    return found
