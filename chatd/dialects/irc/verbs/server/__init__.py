"""What the server says of itself, and what its operators order."""
