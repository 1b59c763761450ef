"""What must hold in the database at every moment, whatever was killed: nothing is half.

Plain SQL over any connection, so that it knows nothing of the code that it judges. Every query
returns what contradicts its sentence; `contradictions` gathers them.
"""

from __future__ import annotations

from typing import Any

import psycopg

STEPS = "('cases.submit','cases.withdraw','cases.accept','cases.propose_grant',\
'cases.propose_refusal','cases.approve','cases.confirm_refusal','cases.send_back',\
'cases.publish','cases.grant')"

RULES: dict[str, str] = {
    "a case is in the state to which its last step led, and each step began where the one before "
    "ended": f"""
        WITH step AS (
          SELECT subject_id::bigint AS case_id, id, data->>'from' AS came, data->>'to' AS went,
                 lag(data->>'to', 1, 'draft') OVER (PARTITION BY subject_id ORDER BY id) AS before,
                 row_number() OVER (PARTITION BY subject_id ORDER BY id DESC) AS back
            FROM core_event WHERE subject_type = 'cases.case' AND verb IN {STEPS})
        SELECT c.number, c.state, s.before, s.came, s.went
          FROM cases_case c LEFT JOIN step s ON s.case_id = c.id
         WHERE s.came IS DISTINCT FROM s.before AND s.id IS NOT NULL
            OR s.back = 1 AND s.went <> c.state
            OR s.id IS NULL AND c.state <> 'draft'""",
    "no step of a case was taken twice, but for those that a return to review makes possible": f"""
        SELECT subject_id, verb, count(*) FROM core_event
         WHERE subject_type = 'cases.case' AND verb IN {STEPS} AND verb NOT LIKE 'cases.propose%%'
           AND verb <> 'cases.send_back'
         GROUP BY subject_id, verb HAVING count(*) > 1""",
    "every case was opened once": """
        SELECT c.number, count(e.id) FROM cases_case c LEFT JOIN core_event e
            ON e.subject_type = 'cases.case' AND e.subject_id = c.id::text
           AND e.verb = 'cases.open'
         GROUP BY c.number HAVING count(e.id) <> 1""",
    "an enterprise has one living case for an item": """
        SELECT item_id, enterprise_id, count(*) FROM cases_case
         WHERE state NOT IN ('refused', 'withdrawn')
         GROUP BY item_id, enterprise_id HAVING count(*) > 1""",
    "a case is granted exactly when it has its award, over the same amount": """
        SELECT c.number, c.state, a.number FROM cases_case c
          LEFT JOIN ledger_award a ON a.case_id = c.id
         WHERE (c.state = 'granted') <> (a.id IS NOT NULL) OR a.amount_fen <> c.amount_fen
            OR a.decided_by_id <> c.decided_by_id OR a.approved_by_id <> c.approved_by_id""",
    "an award has the transfers that its state says, no more": """
        SELECT a.number, a.state, array_agg(t.kind ORDER BY t.kind) FROM ledger_award a
          LEFT JOIN ledger_transfer t ON t.award_id = a.id
         GROUP BY a.id HAVING (count(*) FILTER (WHERE t.kind = 'commit'),
                               count(*) FILTER (WHERE t.kind = 'release'),
                               count(*) FILTER (WHERE t.kind = 'post')
                                 - count(*) FILTER (WHERE t.kind = 'return'))
            <> (1, (a.state = 'released')::int, (a.state = 'paid')::int)""",
    "a transfer of an award moves its whole amount, at every level that bears it": """
        SELECT t.key FROM ledger_transfer t JOIN ledger_award a ON a.id = t.award_id
          LEFT JOIN ledger_entry e ON e.transfer_id = t.id
         GROUP BY t.id, a.id
        HAVING coalesce(sum(e.amount_fen) FILTER (WHERE e.amount_fen > 0), 0) <> a.amount_fen
            OR sum(e.amount_fen) <> 0 OR count(e.id) <> 6""",
    "a balance is the sum of its entries, and none but the sources' is below zero": """
        SELECT a.code, a.balance_fen, coalesce(sum(e.amount_fen), 0) FROM ledger_account a
          LEFT JOIN ledger_entry e ON e.account_id = a.id GROUP BY a.id
        HAVING a.balance_fen <> coalesce(sum(e.amount_fen), 0)
            OR (a.kind <> 'source' AND a.balance_fen < 0)""",
    "money was committed, paid or released as often as the trail says": """
        SELECT a.number, a.state, v.verb, count(e.id) FROM ledger_award a
         CROSS JOIN (VALUES ('ledger.commit', 'commit'), ('ledger.pay', 'post'),
                            ('ledger.return', 'return'), ('ledger.release', 'release'))
                  v(verb, kind)
          LEFT JOIN core_event e ON e.subject_type = 'cases.case'
           AND e.subject_id = a.case_id::text AND e.verb = v.verb
         GROUP BY a.id, v.verb, v.kind HAVING count(e.id) <>
            (SELECT count(*) FROM ledger_transfer t WHERE t.award_id = a.id AND t.kind = v.kind)""",
    "a payment of a batch is settled as its award's books say": """
        SELECT l.id, l.state, a.state FROM ledger_batchline l
          JOIN ledger_award a ON a.id = l.award_id
         WHERE l.state = 'paid' AND (a.state <> 'paid' OR a.bank_reference <> l.bank_reference)
            OR l.state = 'pending' AND a.state <> 'committed'""",
    "a batch waits exactly while one of its payments does": """
        SELECT b.number, b.state FROM ledger_paymentbatch b
          JOIN ledger_batchline l ON l.batch_id = b.id
         GROUP BY b.id HAVING (b.state = 'open') <> bool_or(l.state = 'pending')
            OR count(*) <> b.count OR sum(l.amount_fen) <> b.amount_fen""",
    "a failure or a return of a batch's payment stands in the trail once": """
        SELECT l.award_id, l.state FROM ledger_batchline l JOIN ledger_award a ON a.id = l.award_id
         WHERE l.state = 'failed'
         GROUP BY l.award_id, l.state, a.case_id HAVING count(*) <>
            (SELECT count(*) FROM core_event e WHERE e.subject_type = 'cases.case'
                AND e.subject_id = a.case_id::text AND e.verb = 'ledger.fail')""",
    "a decided case has one letter": """
        SELECT c.number, c.state FROM cases_case c
          LEFT JOIN cases_decisionletter d ON d.case_id = c.id
         WHERE (c.state IN ('granted', 'refused')) <> (d.id IS NOT NULL)""",
    "a paid award names who paid, when, and the bank's reference; another paid than decided": """
        SELECT number FROM ledger_award
         WHERE (state = 'paid') <> (paid_by_id IS NOT NULL)
            OR (state = 'paid') <> (bank_reference <> '')
            OR (state = 'paid') <> (paid_at IS NOT NULL)
            OR paid_by_id IN (approved_by_id, decided_by_id)""",
    "the clock that runs belongs to the state": """
        SELECT c.number, c.state, a.state, k.running FROM cases_case c
          LEFT JOIN ledger_award a ON a.case_id = c.id
         CROSS JOIN LATERAL (SELECT coalesce(string_agg(step, ' '), 'none') AS running
                               FROM cases_caseclock
                              WHERE case_id = c.id AND stopped_on IS NULL) k
         WHERE NOT (CASE
            WHEN c.state = 'submitted' THEN k.running = 'accept'
            WHEN c.state = 'accepted' THEN k.running = 'review'
            WHEN c.state IN ('proposed', 'refusal_proposed') THEN k.running = 'approve'
            WHEN c.state = 'published' THEN k.running IN ('publicity', 'decide')
            WHEN a.awaits_account THEN k.running = 'none'
            WHEN a.state = 'committed' THEN k.running = 'pay'
            ELSE k.running = 'none' END)""",
    "a published list names exactly its cases": """
        SELECT p.number FROM cases_publicity p
         WHERE (SELECT array_agg(line->>'case' ORDER BY line->>'case')
                  FROM jsonb_array_elements(p.lines) line)
           IS DISTINCT FROM
               (SELECT array_agg(c.number::text ORDER BY c.number::text)
                  FROM cases_case c WHERE c.publicity_id = p.id)""",
    "a case is on a list exactly when it was published": """
        SELECT number, state FROM cases_case
         WHERE (state IN ('published', 'granted')) <> (publicity_id IS NOT NULL)""",
    "every list was announced once": """
        SELECT p.number, count(e.id) FROM cases_publicity p LEFT JOIN core_event e
            ON e.subject_type = 'cases.publicity' AND e.subject_id = p.id::text
         GROUP BY p.id HAVING count(e.id) <> 1""",
    "who acts for the enterprise was told once of every step that concerns it": """
        SELECT c.number, c.state, r.user_id, told.count, due.count
          FROM cases_case c JOIN parties_representative r
            ON r.enterprise_id = c.enterprise_id AND r.ended_at IS NULL
         CROSS JOIN LATERAL (SELECT count(*) FROM core_notice n
            WHERE n.user_id = r.user_id AND n.key LIKE 'case/' || c.number || '/%%') told
         CROSS JOIN LATERAL (SELECT count(*) FROM core_event e
            WHERE e.subject_type = 'cases.case' AND e.subject_id = c.id::text
              AND e.verb IN ('cases.submit', 'cases.accept', 'cases.publish',
                             'cases.confirm_refusal', 'ledger.commit', 'ledger.pay',
                             'ledger.fail', 'ledger.return', 'ledger.release')) due
         WHERE told.count <> due.count""",
    "the history of a case ends where the case is": """
        SELECT c.number, c.state, c.revision, h.state, h.revision FROM cases_case c
         CROSS JOIN LATERAL (SELECT state, revision FROM cases_caseevent h
                              WHERE h.pgh_obj_id = c.id ORDER BY pgh_id DESC LIMIT 1) h
         WHERE (h.state, h.revision) <> (c.state, c.revision)""",
    "the history of an award ends where the award is": """
        SELECT a.number FROM ledger_award a
         CROSS JOIN LATERAL (SELECT state FROM ledger_awardevent h
                              WHERE h.pgh_obj_id = a.id ORDER BY pgh_id DESC LIMIT 1) h
         WHERE h.state <> a.state""",
}


def contradictions(connection: psycopg.Connection[Any]) -> list[str]:
    """Every sentence that does not hold, with a few of the rows that contradict it."""
    found = []
    for sentence, statement in RULES.items():
        rows = connection.execute(statement.replace("%%", "%").encode()).fetchall()
        if rows:
            found.append(f"{sentence}: {rows[:4]} ({len(rows)})")
    return found
