import type { PendingContent } from '../../workspaces/measured.ts'

/** What documents will make of the database of a workspace, in bytes. */
export interface Growth {
  /** Of the database and its indexes; free pages take it in before the files grow. */
  readonly database: number
  /** Of the log, which stays until the engine is closed. */
  readonly log: number
}

/** All by measurement: texts of 1 kB to 400 kB, few names to nearly nothing but names. */
const BYTES_PER_BYTE = { fixed: 34, perDimension: 0.14, least: 10, most: 300 }
/** What the next texts may be more than those before. */
const MARGIN = 1.25
/** Share of a database that full-text indexes are written anew in when they become one piece, at rest. */
const REWRITTEN = 0.05
/** Less text tells nothing yet of what the next will make. */
const ENOUGH_TEXT = 65_536
/** Before anything is embedded: the length of usual vectors. */
const USUAL_DIMENSION = 384
/** How many times its text a PDF or an office file is, at least. */
const PACKED = 4
/** A name is written into a dozen trees, each time a page of 8 kB, and a text may be full of names. */
const LOG = { most: 17 * 1024 * 1024, perDocument: 1_000_000, perByte: 2000 }

/**
 * How many bytes a workspace grows by for each byte of text: as many as it did so far, else as many as
 * its vectors make likely.
 */
export function growthFactor(held: {
  readonly processedText: number
  readonly databaseBytes: number
  readonly dimension: number | null
}): number {
  const { least, most, fixed, perDimension } = BYTES_PER_BYTE
  const factor =
    held.processedText < ENOUGH_TEXT
      ? fixed + perDimension * (held.dimension ?? USUAL_DIMENSION)
      : (held.databaseBytes / held.processedText) * MARGIN
  return Math.min(most, Math.max(least, factor))
}

/**
 * What documents will make of the files of a workspace as they are. The log grows up to its bound, and
 * is then written from its start.
 */
export function growthOf(
  { documents, text, packed }: PendingContent,
  held: { readonly factor: number; readonly logBytes: number; readonly databaseBytes: number },
): Growth {
  const bytes = text + packed / PACKED
  const rewritten = documents > 0 ? held.databaseBytes * REWRITTEN : 0
  const log = Math.ceil(documents * LOG.perDocument + bytes * LOG.perByte)
  return {
    database: Math.ceil(bytes * held.factor + rewritten),
    log: Math.min(log, Math.max(0, LOG.most - held.logBytes)),
  }
}
