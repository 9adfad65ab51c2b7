-- What goes with a request. The bytes stand in the same file as everything else: they are kept, replaced and purged with
-- the message that they belong to, in one transaction.
CREATE TABLE attachments (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    -- None while it was sent ahead and waits for its message.
    message TEXT REFERENCES messages (id) ON DELETE CASCADE,
    -- Its place among the attachments of the message.
    place INTEGER,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Apart from the rest, which is changed when its message comes: SQLite writes a row that changes anew.
CREATE TABLE attachment_bytes (
    attachment INTEGER PRIMARY KEY REFERENCES attachments (n) ON DELETE CASCADE,
    content BLOB NOT NULL
) STRICT;

CREATE INDEX attachments_of_message ON attachments (message);

CREATE VIRTUAL TABLE attachment_words USING fts5 (name, content = 'attachments', content_rowid = 'n');
INSERT INTO attachment_words (attachment_words, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER attachment_added AFTER INSERT ON attachments BEGIN
    INSERT INTO attachment_words (rowid, name) VALUES (new.n, new.name);
END;
CREATE TRIGGER attachment_removed AFTER DELETE ON attachments BEGIN
    INSERT INTO attachment_words (attachment_words, rowid, name) VALUES ('delete', old.n, old.name);
END;

-- JSON: attachments of the request that the model was not given whole.
ALTER TABLE messages ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
