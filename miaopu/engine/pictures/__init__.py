"""What tells pictures apart that are the same but for size, format or a little editing."""
