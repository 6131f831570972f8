"""A package to pytest, so that what it shares, a Ray cluster, ends with it."""
