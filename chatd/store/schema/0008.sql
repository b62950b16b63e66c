-- What the address of the guest that made a room is scrambled to, or nothing where it is not counted; NULL where none did.
ALTER TABLE rooms ADD COLUMN made_from TEXT;

CREATE INDEX rooms_by_origin ON rooms (made_from) WHERE made_from IS NOT NULL;
