"""What any screen of this client shows, without a screen: L{chatd.client.model.chat.Chat} is all of it."""
