ALTER TABLE messages DROP COLUMN sources;
DROP TRIGGER message_went;
DROP TRIGGER answer_ended;
DROP TRIGGER answer_came;
DROP TRIGGER fact_went;
DROP TRIGGER fact_reworded;
DROP TRIGGER fact_came;
DROP TABLE vectors;
DROP TABLE unindexed;
