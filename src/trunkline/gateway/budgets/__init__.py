"""Hard budgets in one process: leases of them, and what calls reserve of those before they are sent.

The database is the authority, and says how much a process may spend (``control.budgets.authority``). A call reserves
the most that it can cost; its end settles that with what it did cost, or gives all of it back. Nothing here asks a
database: what is leased may be spent while nobody answers, and no more.
"""
