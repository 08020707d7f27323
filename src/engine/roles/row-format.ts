import type { ExtractionFormat } from './extraction-format.ts'
import { parseExtraction } from './parse-extraction.ts'
import { END_MARKER, FIELD_DELIMITER } from './repair-delimiter.ts'

const row = (...fields: string[]) => fields.join(FIELD_DELIMITER)

/** One record a line, for models that write free text only. */
export const ROW_FORMAT: ExtractionFormat = {
  output: [
    'Output: one record per line and nothing else. No headings, no numbering, no code fences.',
    'Entities first, then relations, the most important relations before the others.',
    `- entity: ${row('entity', 'name', 'type', 'description')}`,
    `- relation: ${row('relation', 'source', 'target', 'keywords', 'description')}`,
    `Write ${FIELD_DELIMITER} exactly so, only between fields, with nothing inside it.`,
    `After the last record write ${END_MARKER} on a line of its own.`,
  ],
  nothing: `${END_MARKER} alone`,
  closing: `Records only, then ${END_MARKER}.`,
  held: null,
  write: ({ entities, relations }) => [
    ...entities.map(({ name, type, description }) => row('entity', name, type, description)),
    ...relations.map(({ source, target, keywords, description }) =>
      row('relation', source, target, keywords, description),
    ),
    END_MARKER,
  ],
  untilCut: (answer) => answer.slice(0, Math.max(0, answer.lastIndexOf('\n'))),
  read: parseExtraction,
}
