"""What the server processes of one machine have to do with each other."""
