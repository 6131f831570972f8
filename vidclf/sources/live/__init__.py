"""Live inputs: what is sent as it happens, and is never the same twice.

`source.py` is what they share: a thread that takes frames as they come, a buffer, an end that can
be asked for. A `Connection` gives the frames: `stream.py` of network streams, `camera.py` of
cameras, `standard_input.py` of standard input.
"""
