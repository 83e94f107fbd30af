"""What calls may not do, and which did."""
