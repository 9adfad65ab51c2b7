-- What Jarvis has read: documents, and the passages that they were cut into.
CREATE TABLE documents (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Where it was read from; a document of the same place takes its place.
    path TEXT NOT NULL UNIQUE,
    -- SHA-256 of its bytes: the same document is not read twice.
    hash TEXT NOT NULL UNIQUE,
    size_bytes INTEGER NOT NULL,
    pages INTEGER,
    -- JSON: what was not read of it.
    left_out TEXT NOT NULL DEFAULT '[]',
    added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE chunks (
    n INTEGER PRIMARY KEY,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    -- In the order of the text.
    place INTEGER NOT NULL,
    page INTEGER,
    heading TEXT,
    text TEXT NOT NULL,
    UNIQUE (document, place)
) STRICT;

CREATE VIRTUAL TABLE chunk_words USING fts5 (heading, text, content = 'chunks', content_rowid = 'n',
    tokenize = 'porter unicode61');
INSERT INTO chunk_words (chunk_words, rank) VALUES ('secure-delete', 1);

CREATE VIRTUAL TABLE document_words USING fts5 (name, content = 'documents', content_rowid = 'n');
INSERT INTO document_words (document_words, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER document_came AFTER INSERT ON documents BEGIN
    INSERT INTO document_words (rowid, name) VALUES (new.n, new.name);
END;
CREATE TRIGGER document_went AFTER DELETE ON documents BEGIN
    INSERT INTO document_words (document_words, rowid, name) VALUES ('delete', old.n, old.name);
END;

CREATE TRIGGER chunk_came AFTER INSERT ON chunks BEGIN
    INSERT INTO chunk_words (rowid, heading, text) VALUES (new.n, new.heading, new.text);
    INSERT OR REPLACE INTO unindexed (kind, record) VALUES ('document', new.n);
END;
CREATE TRIGGER chunk_went AFTER DELETE ON chunks BEGIN
    INSERT INTO chunk_words (chunk_words, rowid, heading, text) VALUES ('delete', old.n, old.heading, old.text);
    INSERT OR REPLACE INTO unindexed (kind, record) VALUES ('document', old.n);
END;
