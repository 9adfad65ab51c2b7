DROP TABLE document_words;
DROP TABLE chunk_words;
DROP TABLE chunks;
DROP TABLE documents;
DELETE FROM unindexed WHERE kind = 'document';
