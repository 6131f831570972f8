"""Labelled pictures and clips, in the forms that people have them: to train on, and to evaluate on.

`reading.py` makes a `LabelledSet` of what the user names, `samples.py` decodes the pictures that a
network is shown of it, `near_duplicates.py` finds those that look alike, and `split.py` tells which
are trained on and which are kept for measuring.
"""
