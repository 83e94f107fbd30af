"""The management face: accounts, workspaces, applications, keys, the audit log."""
