"""The language of conditions, priorities and amounts (docs/expressions.md).

`parse` reads a text into plain syntax, `lower` checks its types and turns it into the typed tree of
`tree`, `evaluate` runs that tree over one enterprise's facts, `text` reads it out in words, and
`reasons` says why the answer is what it is.
"""
