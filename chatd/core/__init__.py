"""What chat is: the rules, without a network, a clock or a database."""
