"""Calls that need nothing to be waited for but their provider: just one, which answers in one piece.

They are most of the traffic of most installations, and most of what such a call costs is waking tasks. Here one runs
without a task: the event loop calls it when something has come. Whatever turns out not to be plain goes on in
:mod:`trunkline.gateway.gateway`, as if it had begun there.
"""
