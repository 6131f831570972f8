"""Where results go: MP4 and WebM, GIF, the table, the manifest."""
