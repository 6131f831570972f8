"""One clip from its source to its outputs: the straight line through all other rooms."""
