"""The files that a run writes: their names, how they appear whole or not at all, the manifest."""
