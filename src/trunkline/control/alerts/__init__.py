"""Alerts: rules over what happens, and who is told when one of them fires."""
