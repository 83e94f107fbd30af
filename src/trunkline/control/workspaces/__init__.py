"""Where people work: workspaces, their members, the programs in them."""
