"""What can be set: by each account for itself, by the owner of a room, by the operator; and every bound."""
