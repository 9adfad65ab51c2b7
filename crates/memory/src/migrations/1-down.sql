DROP TABLE message_words;
DROP TABLE title_words;
DROP TABLE messages;
DROP TABLE conversations;
