"""The workers of this machine, as the management process sees them."""
