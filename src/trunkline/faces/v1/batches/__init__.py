"""Files and batches, in the form of each vendor."""
