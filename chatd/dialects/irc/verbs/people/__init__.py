"""People: who they are, whether they are here, and what programs are told of them."""
