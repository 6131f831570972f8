"""The report: one HTML file with the clip beside a timeline of what the table says.

`clip_data` makes plain values of tables, and `playback` says which clip is played and how its clock
runs; `vidclf/pages/` puts them into one file with what lies in `assets`.
"""
