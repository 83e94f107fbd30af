"""What operators and their tools ask: health, metrics, the reference of the API."""
