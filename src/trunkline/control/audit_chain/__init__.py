"""The audit log as a chain: what was written cannot be changed, removed, added or reordered without being noticed."""
