-- What was told in passing is noted in the background, once; and the beginning of a long talk is summed up.
ALTER TABLE facts ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN summary TEXT;
-- The place of the last message in the summary.
ALTER TABLE conversations ADD COLUMN summed_up INTEGER NOT NULL DEFAULT 0;

CREATE INDEX messages_to_note ON messages (created_at) WHERE NOT noted AND role = 'user';
CREATE INDEX conversations_by_time ON conversations (updated_at);

-- Nobody goes through what was said before this was done at all.
UPDATE messages SET noted = 1;
