-- What IRC asks for beside: notices, tags and several lines in one message; masks; and what programs are told of
-- accounts and rooms.

-- Of kind 'text', and wants no answer.
ALTER TABLE messages ADD COLUMN notice INTEGER NOT NULL DEFAULT 0 CHECK (notice IN (0, 1));
-- What programs tell one another beside the text: a JSON object of texts, or NULL for none.
ALTER TABLE messages ADD COLUMN tags TEXT;

-- Bans and mutes may be of a mask (NICK!USER@HOST), in rooms; and masks may be exceptions to both, or invited.
CREATE TABLE sentences (
    id INTEGER PRIMARY KEY,
    room_id BIGINT REFERENCES rooms (id),
    effect TEXT NOT NULL CHECK (effect IN ('ban', 'mute', 'exception', 'invitation')),
    account_id BIGINT REFERENCES accounts (id),
    network TEXT,
    mask TEXT,
    reason TEXT NOT NULL DEFAULT '',
    set_by TEXT NOT NULL,
    set_at BIGINT NOT NULL,
    expires_at BIGINT,
    lifted_by TEXT,
    lifted_at BIGINT,
    CHECK ((account_id IS NOT NULL) + (network IS NOT NULL) + (mask IS NOT NULL) = 1),
    CHECK (mask IS NULL OR room_id IS NOT NULL),
    CHECK (mask IS NOT NULL OR effect IN ('ban', 'mute'))
);

INSERT INTO sentences (
    id, room_id, effect, account_id, network, reason, set_by, set_at, expires_at, lifted_by, lifted_at
)
SELECT id, room_id, effect, account_id, network, reason, set_by, set_at, expires_at, lifted_by, lifted_at FROM bans;

DROP TABLE bans;
ALTER TABLE sentences RENAME TO bans;

CREATE INDEX bans_of_accounts ON bans (account_id, room_id) WHERE lifted_at IS NULL AND account_id IS NOT NULL;
-- What is in force in a room or (0) on the site; without an account, it has to be compared with whoever acts.
CREATE INDEX bans_in_force ON bans (coalesce(room_id, 0), account_id) WHERE lifted_at IS NULL;

-- One value for each key of an account or a room. What is told of an account ends with it.
CREATE TABLE metadata (
    id INTEGER PRIMARY KEY,
    account_id BIGINT REFERENCES accounts (id) ON DELETE CASCADE,
    room_id BIGINT REFERENCES rooms (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    CHECK ((account_id IS NULL) <> (room_id IS NULL)),
    UNIQUE (account_id, key),
    UNIQUE (room_id, key)
);

CREATE TRIGGER metadata_goes AFTER UPDATE OF status ON accounts WHEN new.status = 'deleted'
BEGIN
    DELETE FROM metadata WHERE account_id = new.id;
END;
