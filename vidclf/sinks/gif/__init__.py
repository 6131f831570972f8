"""GIF demos: which frames they show, their palette, their size."""
