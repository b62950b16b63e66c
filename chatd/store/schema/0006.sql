-- How far people have read, by the clock; and what only programs read.

-- Up to which moment an account has read a place: a room by its folded name, which may be made again after it was no
-- more, or a conversation by its key.
CREATE TABLE read_times (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    place TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, place)
);

CREATE TRIGGER read_times_go AFTER UPDATE OF status ON accounts WHEN new.status = 'deleted'
BEGIN
    DELETE FROM read_times WHERE account_id = new.id;
END;

-- An event with tags is nothing but them; whoever gives up an account takes them along, as his lines.
CREATE INDEX messages_of_tags ON messages (account_id) WHERE kind = 'event' AND tags IS NOT NULL;

CREATE TRIGGER tags_go AFTER UPDATE OF status ON accounts WHEN new.status = 'deleted' AND new.guest = 0
BEGIN
    UPDATE messages SET tags = NULL WHERE account_id = new.id AND kind = 'event' AND tags IS NOT NULL;
END;
