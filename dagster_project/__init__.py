"""The demo project: two contracts and the callable behind their source."""
