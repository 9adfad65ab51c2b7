DROP TABLE relations_read;
DROP TABLE relations;
DROP TABLE aliases;
DROP TABLE entities;
