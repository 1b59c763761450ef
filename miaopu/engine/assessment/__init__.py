"""Assessment schemes as data, and the scores, classes, ranks and consequences they give."""
