"""What versions are worth: statistics, guardrails, ramps, verdicts, ratings."""
