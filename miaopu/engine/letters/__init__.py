"""Decision letters: their content, and the same content as PDF and as Word."""
