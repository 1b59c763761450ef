"""The books: accounts, awards, transfers with their entries, payment batches, daily seals."""

from miaopu.ledger.models.accounts import Account
from miaopu.ledger.models.awards import Award, PayeeAccount
from miaopu.ledger.models.batches import BankReply, BatchLine, PaymentBatch
from miaopu.ledger.models.transfers import Entry, Seal, Transfer

__all__ = [
    "Account",
    "Award",
    "BankReply",
    "BatchLine",
    "Entry",
    "PayeeAccount",
    "PaymentBatch",
    "Seal",
    "Transfer",
]
