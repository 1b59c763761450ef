"""Spreadsheets that strangers hand in: three gates, a child process, and cells made plain.

A workbook of five kilobytes can make its reader allocate 500 gigabytes, so no process that must
live opens one. `reading.read_table` starts a child with limits of memory and time; the child passes
the file through the gates and hands over plain rows. Whatever kills the child is a refusal of the
file, with what to do about it.
"""
