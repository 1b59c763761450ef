"""Money: accounts, transfers, awards, payments, seals."""
