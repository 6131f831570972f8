"""Damage to clips, tables and model files by the hundred, and what vidclf must do with it.

`python -m tests.fuzz --seed 7 --count 200` runs it; CONTRIBUTING.md says more. `cases.py` says what
is tried, `rules.py` what must hold.
"""
