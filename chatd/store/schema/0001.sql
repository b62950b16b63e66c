-- The first schema: accounts and their passwords, rooms and who is in them, and all that was said.
-- Times are UTC milliseconds. Names are kept three times: as shown, folded (one key, one name), and by what they
-- look like (one skeleton, one name).

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    skeleton TEXT NOT NULL UNIQUE,
    -- A deleted account keeps its row: a name is never given to someone else.
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'deleted')),
    kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'bot')),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT,
    last_login_at BIGINT,
    last_login_from TEXT,
    settings TEXT NOT NULL DEFAULT '{}'
);

-- One row per account that has a password. The hash is bcrypt's own text, salt and cost included.
CREATE TABLE passwords (
    account_id BIGINT PRIMARY KEY REFERENCES accounts (id),
    scheme TEXT NOT NULL CHECK (scheme IN ('bcrypt', 'bcrypt:hmac-sha256', 'bcrypt:sha256hex')),
    hash TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Rooms, and direct conversations, which are rooms of two whose key is '@' and both accounts' numbers.
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    skeleton TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('room', 'direct')),
    topic TEXT NOT NULL DEFAULT '',
    topic_by TEXT NOT NULL DEFAULT '',
    topic_at BIGINT,
    access TEXT NOT NULL DEFAULT 'open' CHECK (access IN ('open', 'invite', 'key')),
    listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)),
    -- The seq of the newest message. It only ever grows, by one, inside the transaction that stores the message.
    last_seq BIGINT NOT NULL DEFAULT 0,
    created_by BIGINT REFERENCES accounts (id),
    created_at BIGINT NOT NULL
);

CREATE INDEX rooms_by_owner ON rooms (created_by) WHERE kind = 'room';

-- One row per stay. The stays of an account are the intervals of seq in which it was a member.
CREATE TABLE memberships (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'moderator', 'voice', 'member')),
    joined_seq BIGINT NOT NULL,
    left_seq BIGINT,
    PRIMARY KEY (room_id, account_id, joined_seq)
);

CREATE UNIQUE INDEX memberships_now ON memberships (account_id, room_id) WHERE left_seq IS NULL;

-- All that happened in rooms, in order. An event (a join, a topic) has its details in the body, as JSON.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    account_id BIGINT REFERENCES accounts (id),
    -- The name as it was then: it outlives renaming and deletion.
    sender TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'action', 'event')),
    body TEXT NOT NULL,
    cid TEXT,
    at_ms BIGINT NOT NULL,
    UNIQUE (room_id, seq)
);

CREATE UNIQUE INDEX messages_by_cid ON messages (account_id, cid) WHERE cid IS NOT NULL;
CREATE INDEX messages_by_time ON messages (room_id, at_ms, seq);

-- How far an account has seen a room, on whatever face.
CREATE TABLE read_markers (
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    seq BIGINT NOT NULL,
    PRIMARY KEY (account_id, room_id)
);
