"""What calls read, compiled from the database, and its copy on disk."""
