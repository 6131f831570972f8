"""What one client may ask of the server; each bound has an error of its own."""

from __future__ import annotations

MOST_FRAME_BYTES = 10_000_000
"""Of one encoded picture: a photograph of 12 megapixels has 5 MB. Its pixels are bounded by
`vidclf.sources.encoded_picture`."""
MOST_TEXT_BYTES = MOST_FRAME_BYTES * 4 // 3 + 10_000
"""Of one message that may hold a picture as base64."""
MOST_REQUEST_BYTES = 4 * MOST_FRAME_BYTES
"""Of the body of an HTTP request, which may hold several pictures."""
MOST_HELD_BYTES = 10 * MOST_REQUEST_BYTES
"""Of the bodies of all HTTP requests that are not answered yet."""
MOST_PICTURES = 64
"""In one HTTP request."""
MOST_WAITING_PICTURES = 256
"""Of HTTP requests, that wait for the model; a client that streams has one."""
MOST_HEADER_BYTES = 16_384
"""Of all headers of a request."""
MOST_CONNECTIONS = 500
"""Of all protocols: a page has up to six, a client that streams one."""
MOST_CLIENTS = 100
"""That stream at once."""
MOST_EVENTS_A_SECOND = 240
"""Of one client; bursts of a second's worth are borne."""
MOST_UNREAD_ANSWERS = 200
"""That may wait for a client which does not read them."""
MOST_NAME_CHARACTERS = 200
"""Of a session's name, a frame's id or a clip's name."""
HANDSHAKE_SECONDS = 10.0
"""Within which a connection must have sent its request, and a stream its first message."""
BODY_SECONDS = 60.0
"""Within which a request's body must have come."""
LINGER_SECONDS = 1.0
"""For which a refused connection may still send, so that it sees why it was refused."""
SESSION_KEEP_SECONDS = 10.0
"""For which a session waits for its client to come back."""
FLUSH_SECONDS = 0.3
"""For which a server that stops waits for a client that streams to take its last answers."""
