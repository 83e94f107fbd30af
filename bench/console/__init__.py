"""What the console's pages cost in Chromium, over a large installation."""
