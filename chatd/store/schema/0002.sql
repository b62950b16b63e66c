-- Identity and authority: roles and their permissions, tokens, invitations, bans, ignores, and the audit log;
-- private rooms; edited and deleted messages, and the index that finds them by their words.

-- A higher rank outranks a lower one; nobody acts on an account of the own rank or a higher one.
CREATE TABLE roles (
    name TEXT PRIMARY KEY,
    rank INTEGER NOT NULL UNIQUE
);

INSERT INTO roles (name, rank) VALUES ('guest', 0), ('member', 1), ('moderator', 2), ('admin', 3), ('owner', 4);

-- What the accounts of a role may do anywhere. chatd/core/permissions.py says what each name means.
CREATE TABLE role_permissions (
    role TEXT NOT NULL REFERENCES roles (name),
    permission TEXT NOT NULL,
    PRIMARY KEY (role, permission)
);

INSERT INTO role_permissions (role, permission) VALUES
    ('guest', 'join'), ('guest', 'say'),
    ('member', 'join'), ('member', 'say'), ('member', 'direct'), ('member', 'make-rooms'),
    ('moderator', 'join'), ('moderator', 'say'), ('moderator', 'direct'), ('moderator', 'make-rooms'),
    ('moderator', 'moderate'), ('moderator', 'read-audit'),
    ('admin', 'join'), ('admin', 'say'), ('admin', 'direct'), ('admin', 'make-rooms'), ('admin', 'moderate'),
    ('admin', 'read-audit'), ('admin', 'ban-from-site'), ('admin', 'announce'), ('admin', 'manage-accounts'),
    ('admin', 'grant-roles'), ('admin', 'invite-to-site'), ('admin', 'run-server'), ('admin', 'manage-rooms'),
    ('owner', 'join'), ('owner', 'say'), ('owner', 'direct'), ('owner', 'make-rooms'), ('owner', 'moderate'),
    ('owner', 'read-audit'), ('owner', 'ban-from-site'), ('owner', 'announce'), ('owner', 'manage-accounts'),
    ('owner', 'grant-roles'), ('owner', 'invite-to-site'), ('owner', 'run-server'), ('owner', 'manage-rooms');

-- An account without a row here is a member. A grant with an end is none after it.
CREATE TABLE account_roles (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    role TEXT NOT NULL REFERENCES roles (name),
    granted_by TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    until BIGINT
);

-- Secrets that stand for a password. Only the SHA-256 of 32 random bytes is here; the token itself is nowhere.
CREATE TABLE tokens (
    -- Never given out again: a connection remembers the number of its token.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('session', 'app')),
    hash BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    used_from TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

CREATE INDEX tokens_by_account ON tokens (account_id) WHERE revoked_at IS NULL;

-- Codes with which a stranger registers, or an account becomes the owner. The code itself is nowhere.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL DEFAULT 'member' REFERENCES roles (name),
    label TEXT NOT NULL DEFAULT '',
    created_by TEXT NOT NULL,
    -- NULL for what no account has made: the operator at the machine, or chatd itself.
    maker_id BIGINT REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    uses_left INTEGER NOT NULL DEFAULT 1,
    revoked_at BIGINT
);

-- Where an account has proved itself, so that nobody else can lock it out from there.
CREATE TABLE known_addresses (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    address TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, address)
);

ALTER TABLE rooms ADD COLUMN access_by TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN key_hash TEXT;
ALTER TABLE rooms ADD COLUMN moderated INTEGER NOT NULL DEFAULT 0 CHECK (moderated IN (0, 1));
ALTER TABLE rooms ADD COLUMN slow_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN history_for TEXT NOT NULL DEFAULT 'members'
    CHECK (history_for IN ('members', 'since_join'));
ALTER TABLE rooms ADD COLUMN topic_for TEXT NOT NULL DEFAULT 'members' CHECK (topic_for IN ('members', 'moderators'));
-- NULL: as many members as want to be.
ALTER TABLE rooms ADD COLUMN most_members INTEGER;
-- NULL: everything is kept.
ALTER TABLE rooms ADD COLUMN keep_days INTEGER;

-- Whether an account was ever anywhere is asked at each login.
CREATE INDEX memberships_by_account ON memberships (account_id, room_id);

-- When the account last said a line there, kept while the room is in slow mode.
ALTER TABLE memberships ADD COLUMN said_at BIGINT;

-- Who may enter a room that is by invitation. The row goes when the invitation is used.
CREATE TABLE room_invitations (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    invited_by TEXT NOT NULL,
    invited_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, account_id)
);

CREATE INDEX room_invitations_by_account ON room_invitations (account_id);

-- Bans and mutes: of an account or a network (CIDR), from a room or (with no room) from the site.
CREATE TABLE bans (
    id INTEGER PRIMARY KEY,
    room_id BIGINT REFERENCES rooms (id),
    effect TEXT NOT NULL CHECK (effect IN ('ban', 'mute')),
    account_id BIGINT REFERENCES accounts (id),
    network TEXT,
    reason TEXT NOT NULL DEFAULT '',
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    expires_at BIGINT,
    lifted_by TEXT,
    lifted_at BIGINT,
    CHECK ((account_id IS NULL) <> (network IS NULL))
);

CREATE INDEX bans_of_accounts ON bans (account_id, room_id) WHERE lifted_at IS NULL AND account_id IS NOT NULL;
CREATE INDEX bans_of_networks ON bans (room_id) WHERE lifted_at IS NULL AND network IS NOT NULL;

CREATE TABLE ignores (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    target_id BIGINT NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (account_id, target_id)
);

-- Every privileged act. Names, not numbers alone: the log outlives what it speaks of.
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    -- NULL for the operator at the machine itself.
    actor_id BIGINT REFERENCES accounts (id),
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    act TEXT NOT NULL,
    target TEXT NOT NULL DEFAULT '',
    room TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    -- What undoing it needs, as JSON.
    details TEXT NOT NULL DEFAULT '{}',
    -- The entry that this one takes back.
    undoes BIGINT REFERENCES audit_log (id)
);

CREATE INDEX audit_log_by_actor ON audit_log (actor_id, at_ms);
CREATE UNIQUE INDEX audit_log_undone ON audit_log (undoes) WHERE undoes IS NOT NULL;

CREATE TRIGGER audit_log_stays BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert only');
END;

CREATE TRIGGER audit_log_is_true BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert only');
END;

-- INSERT OR REPLACE would delete without the trigger above.
CREATE TRIGGER audit_log_adds BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE id = new.id OR undoes = new.undoes)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is insert only');
END;

ALTER TABLE messages ADD COLUMN edited_at BIGINT;
ALTER TABLE messages ADD COLUMN deleted_at BIGINT;
ALTER TABLE messages ADD COLUMN deleted_by TEXT;
-- For an event about another message of the room (an edit, a deletion): that one's seq.
ALTER TABLE messages ADD COLUMN of_seq BIGINT;

-- The lines of an account that have a text: what it said last, what it is given of itself, what its end throws away.
CREATE INDEX messages_by_account ON messages (account_id, id) WHERE kind <> 'event' AND body <> '';
-- The words in its events: so that its end finds them, and finds nothing once they are thrown away.
CREATE INDEX messages_with_words ON messages (account_id) WHERE kind = 'event' AND json_valid(body)
    AND json_extract(body, '$.event') IN ('topic-changed', 'left', 'deleted')
    AND coalesce(json_extract(body, '$.topic'), json_extract(body, '$.reason')) NOT IN ('', 'account erased');
-- What was deleted is kept as long as the deletion can be undone.
CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL AND body <> '';

-- The words of all lines that can be read. It holds no text of its own, only where each word stands.
CREATE VIRTUAL TABLE message_search USING fts5 (
    body, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);

INSERT INTO message_search (rowid, body) SELECT id, body FROM messages WHERE kind <> 'event';

-- New lines are indexed together, at the end of each transaction: one by one, by a trigger, costs ten times as much,
-- since FTS5 writes out what it has gathered at every statement. Up to which id that has been done:
CREATE TABLE message_search_state (upto BIGINT NOT NULL);

INSERT INTO message_search_state SELECT coalesce(max(id), 0) FROM messages;

-- The ids of the newest rows are given again when those are gone.
CREATE TRIGGER messages_search_drop AFTER DELETE ON messages
BEGIN
    INSERT INTO message_search (message_search, rowid, body) SELECT 'delete', old.id, old.body
        WHERE old.kind <> 'event' AND old.deleted_at IS NULL AND old.id <= (SELECT upto FROM message_search_state);
    UPDATE message_search_state SET upto = (SELECT coalesce(max(id), 0) FROM messages)
        WHERE upto > (SELECT coalesce(max(id), 0) FROM messages);
END;

CREATE TRIGGER messages_search_change AFTER UPDATE OF body, deleted_at ON messages WHEN old.kind <> 'event'
    AND old.id <= (SELECT upto FROM message_search_state)
BEGIN
    INSERT INTO message_search (message_search, rowid, body)
        SELECT 'delete', old.id, old.body WHERE old.deleted_at IS NULL;
    INSERT INTO message_search (rowid, body) SELECT new.id, new.body WHERE new.deleted_at IS NULL;
END;
