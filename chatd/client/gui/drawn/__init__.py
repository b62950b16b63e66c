"""What stands in the window, as values: no widget is needed to make them."""
