-- What channels of IRC have beside what rooms had.

-- Whether those may speak in a room, too, who are not in it.
ALTER TABLE rooms ADD COLUMN external INTEGER NOT NULL DEFAULT 0 CHECK (external IN (0, 1));

-- Whether an owner or a moderator has been given a voice, too, and is left with it when he is no more than that.
ALTER TABLE memberships ADD COLUMN voiced INTEGER NOT NULL DEFAULT 0 CHECK (voiced IN (0, 1));

-- Whether who invited was a moderator: no mask keeps such a guest out.
ALTER TABLE room_invitations ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0 CHECK (vouched IN (0, 1));
