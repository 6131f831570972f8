"""Model files that Keras wrote: looked into, checked for code that they carry, and loaded."""
