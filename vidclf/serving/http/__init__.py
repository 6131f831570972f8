"""The server over HTTP: requests, each with its answer."""
