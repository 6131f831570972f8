"""The labels of a model: read from text, CSV and JSON files."""
