-- Conversations, their messages, and the words in both. Times are microseconds since 1970.
CREATE TABLE conversations (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    -- Whether the person chose the title; else it is the beginning of the first request.
    titled INTEGER NOT NULL DEFAULT 0,
    pinned INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
) STRICT;

CREATE TABLE messages (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    status TEXT NOT NULL,
    spoken INTEGER NOT NULL,
    turn TEXT,
    reflex TEXT,
    -- JSON
    timings TEXT,
    usage TEXT,
    tools TEXT NOT NULL DEFAULT '[]',
    created_at INTEGER NOT NULL,
    UNIQUE (conversation, seq)
) STRICT;

CREATE INDEX messages_under_way ON messages (status) WHERE status = 'streaming';

-- The indexes hold no text of their own: they point into the tables above, and triggers keep them true.
CREATE VIRTUAL TABLE title_words USING fts5 (title, content = 'conversations', content_rowid = 'n');
CREATE VIRTUAL TABLE message_words USING fts5 (content, content = 'messages', content_rowid = 'n');

CREATE TRIGGER conversation_added AFTER INSERT ON conversations BEGIN
    INSERT INTO title_words (rowid, title) VALUES (new.n, new.title);
END;
CREATE TRIGGER conversation_renamed AFTER UPDATE OF title ON conversations BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.n, old.title);
    INSERT INTO title_words (rowid, title) VALUES (new.n, new.title);
END;
CREATE TRIGGER conversation_removed AFTER DELETE ON conversations BEGIN
    INSERT INTO title_words (title_words, rowid, title) VALUES ('delete', old.n, old.title);
END;
CREATE TRIGGER message_added AFTER INSERT ON messages BEGIN
    INSERT INTO message_words (rowid, content) VALUES (new.n, new.content);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF content ON messages BEGIN
    INSERT INTO message_words (message_words, rowid, content) VALUES ('delete', old.n, old.content);
    INSERT INTO message_words (rowid, content) VALUES (new.n, new.content);
END;
CREATE TRIGGER message_removed AFTER DELETE ON messages BEGIN
    INSERT INTO message_words (message_words, rowid, content) VALUES ('delete', old.n, old.content);
END;
