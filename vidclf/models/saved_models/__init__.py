"""SavedModel folders: checked for what they would do, and loaded."""
