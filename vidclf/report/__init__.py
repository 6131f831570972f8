"""The report: one HTML file with the clip beside a timeline of what the table says.

`data` makes plain values of tables, `stills` small pictures of clips, `media` says which clip is
played and how its clock runs; `page` puts them into one file with what lies in `assets`.
"""

from vidclf.report.report import ComparisonPage, write_comparison, write_report

__all__ = ["ComparisonPage", "write_comparison", "write_report"]
