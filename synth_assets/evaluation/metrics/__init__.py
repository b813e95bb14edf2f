"""The measured figures, one module per family."""
