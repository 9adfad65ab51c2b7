-- Vectors of an encrypted database stand in it and not beside it.
CREATE TABLE embeddings (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    record INTEGER NOT NULL,
    vector BLOB NOT NULL,
    UNIQUE (kind, record)
) STRICT;
