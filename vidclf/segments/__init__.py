"""Segments: when each label holds.

`vidclf annotate` finds them as frames come (`vidclf.segments.finder`), everything else in a table
(`vidclf.segments.from_table`). docs/tables.md describes what is written.
"""
