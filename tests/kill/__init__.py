"""Runs over a folder that are killed at random moments, and what the same words then give.

`python -m tests.kill --seed 1 --count 100` runs it; CONTRIBUTING.md says more. `cases.py` says what
is tried, `victims.py` how, and `rules.py` what must hold.
"""
