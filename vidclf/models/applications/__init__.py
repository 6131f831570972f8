"""The networks of `keras.applications` are loaded by name, and recognised inside other models."""
