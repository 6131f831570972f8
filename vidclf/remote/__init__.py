"""Files that lie elsewhere, in a bucket or on a server: named, listed, read, written whole."""
