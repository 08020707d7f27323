/**
 * What the full-text index had in another form before: what cannot be seen, sharp s and dotless i, and
 * letters whose case SQLite does not know, of scripts and years it has no table of.
 */
const FOLDED_ANEW =
  /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u00df\u0131\u037f\u0390\u03b0\u0528-\u052f\u13a0-\u13f5\u1c80-\u1cbf\u1e96-\u1e9a\u1e9e\u1f50-\u1fff\u2c2f\ua698-\ua69b\ua796-\ua7ff\u{10400}-\u{1e943}]/u

/** Whether an entry of this text was indexed in another form than it is now. */
export function foldsAnew(text: string): boolean {
  return FOLDED_ANEW.test(text)
}

/** Whether a column holds more than ASCII: what is folded otherwise than before is beyond it. */
const beyondAscii = (column: string) => `length(${column}) <> length(CAST(${column} AS BLOB))`
const folded = (column: string) => `(${beyondAscii(column)} AND folds_anew(${column}))`

/**
 * Names in the form in which they are looked up now, and those entries anew that are searched in
 * another form than before: few have letters whose case was not folded, or what cannot be seen. An
 * external id in two forms of its letters stays two ids.
 *
 * Of the functions, {@link foldsAnew} is here and the others are those that write entries.
 */
export const FOLDED_FORMS = `
CREATE TEMP VIEW titles AS
  SELECT c.label AS chunk, coalesce(d.file_path, '') || coalesce(
      (SELECT group_concat(char(10) || h.value, '') FROM json_each(t.headings) h), '') AS title
  FROM chunks c JOIN chunk_texts t ON t.chunk = c.label
    LEFT JOIN documents d ON d.seq = c.document;
CREATE TEMP TABLE folded_titles AS
  SELECT chunk FROM titles WHERE ${folded('title')};
CREATE TEMP TABLE folded_chunks AS
  SELECT chunk FROM chunk_texts WHERE ${folded('content')}
  UNION SELECT chunk FROM folded_titles;
CREATE TEMP TABLE folded_relations AS
  SELECT id FROM relation_fragments f
  WHERE (chunk IN (SELECT chunk FROM folded_titles) OR ${folded('description')})
    AND (born > 0 OR id = (SELECT min(id) FROM relation_fragments other
      WHERE other.born = 0 AND other.chunk = f.chunk AND other.description = f.description));
CREATE TEMP TABLE folded_names AS SELECT id FROM entity_names WHERE ${folded('name')};
UPDATE documents SET file_path = kept_label(file_path)
  WHERE ${beyondAscii('file_path')} AND file_path <> kept_label(file_path);
UPDATE OR IGNORE documents SET external_id = kept_label(external_id)
  WHERE ${beyondAscii('external_id')} AND external_id <> kept_label(external_id);
UPDATE documents SET tags = (SELECT json_group_array(kept_label(value)) FROM json_each(tags))
  WHERE ${beyondAscii('tags')};
UPDATE entity_names SET name_key = name_key(name) WHERE ${beyondAscii('name')};
DELETE FROM chunk_index WHERE rowid IN (SELECT chunk FROM folded_chunks);
INSERT INTO chunk_index (rowid, body, title)
  SELECT t.chunk, indexable_text(t.content), indexable_text(n.title)
  FROM folded_chunks JOIN chunk_texts t USING (chunk) JOIN titles n USING (chunk)
  ORDER BY t.chunk;
DELETE FROM relation_index WHERE rowid IN (SELECT id FROM folded_relations);
INSERT INTO relation_index (rowid, title, description)
  SELECT f.id, indexable_text(n.title), indexable_text(f.description)
  FROM folded_relations JOIN relation_fragments f USING (id) JOIN titles n USING (chunk)
  ORDER BY f.id;
DELETE FROM entity_index WHERE rowid IN (SELECT id FROM folded_names);
INSERT INTO entity_index (rowid, name)
  SELECT id, indexable_text(name) FROM folded_names JOIN entity_names USING (id) ORDER BY id;
DROP VIEW temp.titles;
DROP TABLE temp.folded_titles;
DROP TABLE temp.folded_chunks;
DROP TABLE temp.folded_relations;
DROP TABLE temp.folded_names;
`
