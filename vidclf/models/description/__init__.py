"""A model's description is put together here from its file, the `.json` beside it and its user."""
