"""What the intake writes, in the drivers' own statements.

An event is taken in for some microseconds, of which an ORM would be most. So the few tables that the intake writes are
described here a second time (``tables``; a test holds them to the first), their statements are made once
(``statements``, ``rendering``), and one connection carries them out: ``sqlite`` or ``postgres``, which ``opening``
chooses. Nothing here imports SQLAlchemy before a PostgreSQL is opened: a process that only takes in is small.
"""
