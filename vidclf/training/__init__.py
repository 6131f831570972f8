"""From labelled data to a model file that annotates: `vidclf train`."""
