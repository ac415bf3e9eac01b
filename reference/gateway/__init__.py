"""The WebSocket side: sockets, frames, routes and close codes."""
