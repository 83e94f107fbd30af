"""Realtime sessions: a WebSocket of the client's and one of the provider's, with each response in the books."""
