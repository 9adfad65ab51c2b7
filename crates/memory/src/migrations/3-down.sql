DROP TABLE attachment_words;
DROP TABLE attachment_bytes;
DROP TABLE attachments;
ALTER TABLE messages DROP COLUMN notes;
