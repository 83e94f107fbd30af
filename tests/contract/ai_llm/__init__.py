"""The AI LLM face, as its source describes it."""
