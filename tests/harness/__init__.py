"""What the tests stand on: their databases, a strict client, guards."""
