"""The sound of the original clip, on its way into the annotated video."""
