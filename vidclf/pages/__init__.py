"""Pages that are one HTML file and ask nothing of the network: what all of them are made of."""
