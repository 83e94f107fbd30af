"""From a model's name to the targets that may serve a call, and the order in which they are tried."""
