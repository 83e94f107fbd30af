"""Who people are: accounts, sign-ins, invitations, API keys."""
