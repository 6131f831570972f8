"""Figures for papers, from a table: when each label holds, how sure the model is, values.

`content` says what is shown, without matplotlib; `drawing` draws it.
"""

from vidclf.plot.plot import KINDS, plot_table

__all__ = ["KINDS", "plot_table"]
