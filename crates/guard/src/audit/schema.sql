-- What happened. Nothing here is ever changed or removed; the hash of each record covers the one before.
CREATE TABLE records (
  seq INTEGER PRIMARY KEY,
  at TEXT NOT NULL,
  kind TEXT NOT NULL,
  call TEXT,
  tool TEXT,
  risk TEXT,
  origin TEXT,
  turn TEXT,
  decision TEXT,
  rule TEXT,
  consent TEXT,
  began INTEGER,
  ok INTEGER,
  took_ms INTEGER,
  about TEXT,
  digest BLOB NOT NULL,
  previous BLOB NOT NULL,
  hash BLOB NOT NULL
) STRICT;

-- A call ends once.
CREATE UNIQUE INDEX endings ON records (began) WHERE began IS NOT NULL;
CREATE INDEX beginnings ON records (seq) WHERE kind = 'begun';

-- Its words, which can be forgotten. The salt goes with them: without it nobody can tell from the digest what they were.
CREATE TABLE details (
  seq INTEGER PRIMARY KEY,
  salt BLOB NOT NULL,
  words TEXT NOT NULL,
  arguments TEXT NOT NULL,
  tainted_by TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;

CREATE TRIGGER records_stay BEFORE DELETE ON records BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;

CREATE TRIGGER records_are_as_written BEFORE UPDATE ON records BEGIN
  SELECT RAISE(ABORT, 'the audit log only grows');
END;

-- Before anything is replaced: also what INSERT OR REPLACE would put in the place of a record.
CREATE TRIGGER records_follow BEFORE INSERT ON records
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM records)
  OR NEW.previous IS NOT coalesce((SELECT hash FROM records ORDER BY seq DESC LIMIT 1), zeroblob(32))
BEGIN
  SELECT RAISE(ABORT, 'a record of the audit log follows the one before');
END;

CREATE TRIGGER details_are_as_written BEFORE UPDATE ON details BEGIN
  SELECT RAISE(ABORT, 'what the audit log says is forgotten or stays');
END;

CREATE TRIGGER details_come_with_their_record BEFORE INSERT ON details
WHEN NEW.seq IS NOT (SELECT max(seq) FROM records)
  OR EXISTS (SELECT 1 FROM details WHERE seq = NEW.seq)
BEGIN
  SELECT RAISE(ABORT, 'what the audit log says comes with its record');
END;
