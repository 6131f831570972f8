"""Files that Keras saved are read, checked for code that they carry, and loaded here."""
