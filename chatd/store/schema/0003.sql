-- What people bring who come over IRC: guests, and powers that a session borrows from another account.

-- A guest has proved nothing: the row is retired when its connection ends. A row that has a name of its own and is of a
-- guest is of one that is here.
ALTER TABLE accounts ADD COLUMN guest INTEGER NOT NULL DEFAULT 0 CHECK (guest IN (0, 1));

CREATE INDEX accounts_of_guests ON accounts (status) WHERE guest = 1;

-- A guest may talk as a member may.
INSERT INTO role_permissions (role, permission) VALUES ('guest', 'direct'), ('guest', 'make-rooms');

-- Rooms that guests made go with the last of their members, and what points at them is looked for then.
CREATE INDEX rooms_by_maker ON rooms (created_by);
CREATE INDEX read_markers_by_room ON read_markers (room_id);

-- What the addresses of guests are scrambled with, before anybody sees them.
CREATE TABLE peppers (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
);

INSERT INTO peppers (name, value) VALUES ('guest-hosts', randomblob(32));

-- The name of the account whose powers the actor had proved to hold, where they were not its own.
ALTER TABLE audit_log ADD COLUMN operator TEXT NOT NULL DEFAULT '';
