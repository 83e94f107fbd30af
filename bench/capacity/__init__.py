"""How many machines a load needs, and which part is full first: a model, simulated with measured costs."""
