"""SavedModel folders are checked for what they would do, and loaded here."""
