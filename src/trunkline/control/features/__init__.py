"""The tools of the users' app, and the catalogue of models to choose from."""
