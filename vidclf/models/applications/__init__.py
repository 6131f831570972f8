"""The networks of `keras.applications`: by name, and recognised inside other models."""
