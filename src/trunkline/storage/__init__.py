"""Tables, repositories and migrations: the only place with SQL."""
