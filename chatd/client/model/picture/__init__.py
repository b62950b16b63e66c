"""
What is in view: places, the people in them, and the lines, as they follow from what was heard.

It can be shown as it stands: what a server wrote went through L{chatd.client.model.picture.shown} or
L{chatd.client.model.words.clean} on its way in.
"""
