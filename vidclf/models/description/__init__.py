"""What is known of a model, from its file, from what lies beside it, and from its user."""
