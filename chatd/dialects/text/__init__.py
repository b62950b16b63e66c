"""The dialect for people at a bare terminal."""
