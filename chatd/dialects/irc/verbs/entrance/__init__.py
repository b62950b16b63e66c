"""From a new connection to somebody who is here: registration, SASL, accounts, and NickServ."""
