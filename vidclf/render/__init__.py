"""Videos made again from a table and its clip, without the model.

`render_table` draws anew, joins the parts in which a label holds, or adds subtitles.
docs/render.md tells how to use it.
"""

from vidclf.render.render import RenderSummary, render_table

__all__ = ["RenderSummary", "render_table"]
