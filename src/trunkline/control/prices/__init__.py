"""What calls cost: the price list, and what it lacks."""
