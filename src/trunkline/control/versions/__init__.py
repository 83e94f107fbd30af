"""The variants of a configuration, how they share its traffic, and the phases in which the shares stand still."""
