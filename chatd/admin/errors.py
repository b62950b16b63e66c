"""What the operator is told when the tool cannot do what was asked."""


class AdminError(Exception):
    """Nothing was changed; the text is one sentence for the operator."""
