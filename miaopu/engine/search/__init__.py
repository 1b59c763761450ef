"""Searching Chinese texts: what stands in a text literally is found, and marked where it stands.

`words` cuts texts into the words of the index, `query` reads what people type, `numbers` document
numbers in any bracket style, `pinyin` titles as they are typed in Latin letters, `marks` excerpts
with the hits marked. Plain values in and out; the index itself is the caller's.
"""
