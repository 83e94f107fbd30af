"""What the HTTP faces share: who asks, how errors look, pages, limits."""
