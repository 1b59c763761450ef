"""From a reading to a draft pack: every key of docs/packs.md that a reading can fill.

`draft` takes the JSON document of `plan read` (or what people made of it) and what they chose;
`write_draft` writes the files, `zipped` packs them, `check_draft` of `check` has them checked.
"""
