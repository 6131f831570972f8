"""The labels of a model are read from text, CSV, JSON, YAML and NumPy files here."""
