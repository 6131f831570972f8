"""Frames go in, predictions come out: sampling, resizing, the model's runtime, smoothing."""
