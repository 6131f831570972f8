"""A zoo of models as people save them, built on the spot."""
