"""What calls used and cost: taken in from the journal, summed up, shown."""
