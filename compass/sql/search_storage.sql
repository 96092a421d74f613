-- Long texts lie beside the row: finding and sorting then reads few pages. What each search reads is not compressed.
ALTER TABLE compass_search_entry SET (toast_tuple_target = 256);
ALTER TABLE compass_search_entry ALTER COLUMN vector SET STORAGE EXTERNAL;
