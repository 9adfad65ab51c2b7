DROP INDEX conversations_by_time;
DROP INDEX messages_to_note;
ALTER TABLE conversations DROP COLUMN summed_up;
ALTER TABLE conversations DROP COLUMN summary;
ALTER TABLE messages DROP COLUMN noted;
ALTER TABLE facts DROP COLUMN noted;
