"""Splitting a target into parts: proposals, sums against the whole, cells, periods, time due."""
