"""Packs and programmes, targets, rules and who is entitled to what."""
