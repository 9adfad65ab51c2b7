-- Words that are removed leave the indexes at once, not when these are next tidied up; and what was removed before, now.
INSERT INTO title_words (title_words, rank) VALUES ('secure-delete', 1);
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
INSERT INTO title_words (title_words) VALUES ('optimize');
INSERT INTO message_words (message_words) VALUES ('optimize');
