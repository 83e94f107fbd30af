"""Conversations: their messages and branches, and answers while they are written."""
