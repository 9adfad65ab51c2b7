DROP TABLE fact_words;
DROP TABLE facts;
