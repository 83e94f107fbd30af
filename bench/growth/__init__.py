"""What operations cost as an installation grows: more configurations, calls, workspaces and policies."""
