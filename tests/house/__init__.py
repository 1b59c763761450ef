"""The rules of the house as tests; each check is also shown to find a planted violation."""
