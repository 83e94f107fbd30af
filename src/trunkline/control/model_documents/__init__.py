"""The one document of models that a user's program keeps here."""
