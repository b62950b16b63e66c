"""What IRC clients say, and what was said: messages, batches, history, how far it is read, and what is taken back."""
