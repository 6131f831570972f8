"""How good predictions are, in numbers: of arrays, whatever they were made from."""
