"""Files and batches of calls: kept here, run by their provider or by Trunkline itself, each call in the books once."""
