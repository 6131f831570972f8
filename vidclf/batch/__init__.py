"""Many clips in one run: which clips there are, and going through them."""
