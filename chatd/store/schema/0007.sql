-- Certificates that people show in the TLS handshake, and that stand for their passwords as tokens do.

-- Of a certificate, hash is the SHA-256 of its DER, which is no secret: it proves something only where a peer has shown
-- to have the key.
CREATE TABLE proofs (
    -- Never given out again: a connection remembers the number of its token.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id BIGINT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('session', 'app', 'certificate')),
    hash BLOB NOT NULL UNIQUE,
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    used_from TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);

INSERT INTO proofs (
    id, account_id, kind, hash, label, created_at, used_at, used_from, expires_at, revoked_at
)
SELECT id, account_id, kind, hash, label, created_at, used_at, used_from, expires_at, revoked_at FROM tokens;

-- The numbers of tokens that are gone are not given out again, either.
INSERT INTO sqlite_sequence (name, seq) SELECT 'proofs', 0 WHERE NOT EXISTS (
    SELECT 1 FROM sqlite_sequence WHERE name = 'proofs'
);
UPDATE sqlite_sequence SET seq = coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'tokens'), 0)
    WHERE name = 'proofs';

DROP TABLE tokens;
ALTER TABLE proofs RENAME TO tokens;

CREATE INDEX tokens_by_account ON tokens (account_id) WHERE revoked_at IS NULL;
