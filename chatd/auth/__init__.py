"""The one place where secrets are judged, and what they open."""
