-- What facts and documents say of people, organisations, places and things, and how these are related. All of it can be read from
-- them again, but for what a person has chosen: names, kinds, and who is the same as whom.
CREATE TABLE entities (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Whether a person has chosen the kind.
    chosen INTEGER NOT NULL DEFAULT 0
) STRICT;

-- All the names of each, as they are compared.
CREATE TABLE aliases (
    key TEXT PRIMARY KEY,
    entity INTEGER NOT NULL REFERENCES entities (n) ON DELETE CASCADE,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX aliases_of_entity ON aliases (entity);

-- They hold as long as the fact does that says so.
CREATE TABLE relations (
    n INTEGER PRIMARY KEY,
    subject INTEGER NOT NULL REFERENCES entities (n) ON DELETE CASCADE,
    relation TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES entities (n) ON DELETE CASCADE,
    fact INTEGER REFERENCES facts (n) ON DELETE CASCADE,
    chunk INTEGER REFERENCES chunks (n) ON DELETE CASCADE,
    CHECK ((fact IS NULL) <> (chunk IS NULL))
) STRICT;

CREATE INDEX relations_of_subject ON relations (subject);
CREATE INDEX relations_of_object ON relations (object);
CREATE INDEX relations_of_fact ON relations (fact);
CREATE INDEX relations_of_chunk ON relations (chunk);

-- Of whom nothing is known any more, the name is not kept either.
CREATE TRIGGER relation_went AFTER DELETE ON relations BEGIN
    DELETE FROM entities WHERE n IN (old.subject, old.object)
        AND NOT EXISTS (SELECT 1 FROM relations r WHERE r.subject = entities.n OR r.object = entities.n);
END;

-- By which rules relations were read: where these have changed, all is read again.
CREATE TABLE relations_read (rules TEXT NOT NULL) STRICT;
