"""What a call costs, measured beside nginx in one run: ``make bench``."""
