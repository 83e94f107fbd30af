"""What versions are worth: assignment, phases, statistics, guardrails, ramps, verdicts, ratings."""
