"""The composition root: the only place where objects are wired.

``preparation`` makes a place ready, once for all processes; ``process`` is the ASGI application of one of them, and
``server`` what it opens.
"""
