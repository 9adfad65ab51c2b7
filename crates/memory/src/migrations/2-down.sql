INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 0);
INSERT INTO title_words (title_words, rank) VALUES ('secure-delete', 0);
