"""Content of calls on its way to where it is kept, for workspaces that ask for it. Nobody waits for it."""
