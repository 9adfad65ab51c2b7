-- The vectors stand beside this file, and can be made again from what is in it. Here is what they do not know yet: records
-- that came, changed or went. A record that changes again comes again, at the end.
CREATE TABLE unindexed (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    record INTEGER NOT NULL,
    UNIQUE (kind, record)
) STRICT;

-- The vectors that this list belongs to, and the model that they were made with.
CREATE TABLE vectors (
    generation TEXT NOT NULL,
    model TEXT NOT NULL
) STRICT;

CREATE TRIGGER fact_came AFTER INSERT ON facts BEGIN
    INSERT OR REPLACE INTO unindexed (kind, record) VALUES ('fact', new.n);
END;
CREATE TRIGGER fact_reworded AFTER UPDATE OF text ON facts BEGIN
    INSERT OR REPLACE INTO unindexed (kind, record) VALUES ('fact', new.n);
END;
CREATE TRIGGER fact_went AFTER DELETE ON facts BEGIN
    INSERT OR REPLACE INTO unindexed (kind, record) VALUES ('fact', old.n);
END;

-- A request is worth finding again or not by its answer: it is listed when that is over.
CREATE TRIGGER answer_came AFTER INSERT ON messages WHEN new.role = 'assistant' AND new.status <> 'streaming' BEGIN
    INSERT OR REPLACE INTO unindexed (kind, record)
        SELECT 'message', n FROM messages WHERE conversation = new.conversation AND seq IN (new.seq - 1, new.seq);
END;
CREATE TRIGGER answer_ended AFTER UPDATE OF content, status ON messages
WHEN new.role = 'assistant' AND new.status <> 'streaming' BEGIN
    INSERT OR REPLACE INTO unindexed (kind, record)
        SELECT 'message', n FROM messages WHERE conversation = new.conversation AND seq IN (new.seq - 1, new.seq);
END;
CREATE TRIGGER message_went AFTER DELETE ON messages BEGIN
    INSERT OR REPLACE INTO unindexed (kind, record) VALUES ('message', old.n);
END;

-- JSON: what an answer was known from. No text stands here, so that what is forgotten is forgotten.
ALTER TABLE messages ADD COLUMN sources TEXT NOT NULL DEFAULT '[]';
