"""What tests share: clips made on the spot, tiny models, readers of outputs, a browser."""
