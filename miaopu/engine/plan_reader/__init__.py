"""Reads a plan document into clauses, duties, targets, deadlines, money and citations.

Deterministic and offline: no model, no network; every item says where it stands in the text
(docs/plan-reader.md). `read_file` and `read_bytes` of `files` open a document, `read_text` of
`read` reads text that is already there.
"""
