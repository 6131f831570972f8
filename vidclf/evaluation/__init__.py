"""How good a model, or a table, is against what is true: `vidclf evaluate`."""
