"""What reports cost over many calls, and what a call costs that is taken in."""
