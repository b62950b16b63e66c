"""What is in view: places, the people in them, and the lines, as they follow from what was heard."""
