"""What is drawn on a picture: a card with the label, bars, and a timeline.

`Overlay` turns annotations into small RGBA patches; `blend` puts patches onto a picture.
"""
