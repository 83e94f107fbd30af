"""What things are: pure values and rules, free of I/O and of any framework."""
