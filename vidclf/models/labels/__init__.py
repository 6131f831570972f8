"""The labels of a model are read from text, CSV and JSON files here."""
