"""Pages that are one HTML file and ask nothing of the network: what all of them are made of.

`page` puts data, scripts and styles into one file; each kind of page has its own in its room, and
what they share lies in `assets`.
"""
