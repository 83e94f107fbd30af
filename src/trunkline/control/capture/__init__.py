"""Content of calls at rest: redacted, encrypted, and gone in time."""
