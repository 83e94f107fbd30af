"""What may hold a call back: policies, and those who judge for them."""
