"""The server over Socket.IO and WebSocket: connections that stream."""
