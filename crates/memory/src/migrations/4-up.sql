-- What Jarvis was told to remember. A fact that another one took the place of is kept, and no longer holds.
CREATE TABLE facts (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    text TEXT NOT NULL,
    -- The request that it was told in.
    source TEXT REFERENCES messages (id) ON DELETE SET NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    -- The later fact in its place.
    superseded_by TEXT REFERENCES facts (id) ON DELETE SET NULL
) STRICT;

CREATE INDEX facts_by_source ON facts (source);
CREATE INDEX facts_superseded ON facts (superseded_by);

-- Words by their stems: who asks what was told asks in other words.
CREATE VIRTUAL TABLE fact_words USING fts5 (text, content = 'facts', content_rowid = 'n', tokenize = 'porter unicode61');
INSERT INTO fact_words (fact_words, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER fact_added AFTER INSERT ON facts BEGIN
    INSERT INTO fact_words (rowid, text) VALUES (new.n, new.text);
END;
CREATE TRIGGER fact_changed AFTER UPDATE OF text ON facts BEGIN
    INSERT INTO fact_words (fact_words, rowid, text) VALUES ('delete', old.n, old.text);
    INSERT INTO fact_words (rowid, text) VALUES (new.n, new.text);
END;
CREATE TRIGGER fact_removed AFTER DELETE ON facts BEGIN
    INSERT INTO fact_words (fact_words, rowid, text) VALUES ('delete', old.n, old.text);
END;
