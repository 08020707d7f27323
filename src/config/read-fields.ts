import type { FileReadersOptions } from '../formats/reader/file-readers.ts'
import { CLOCK_OVER_CPU, DEFAULT_READ_LIMITS as LIMITS } from '../formats/reader/read-limits.ts'
import { type EnvValues, flag, integer, oneOf, parsed, text } from './env-fields.ts'

const MB = 1024 * 1024

/** Variables that bound what reading one file may cost. */
export const READ_FIELDS = {
  READ_PROCESSES: integer(
    2,
    { min: 1, max: 64 },
    'Files read at once, of all workspaces; of one workspace one less, where there are several.',
  ),
  READ_SECONDS: integer(
    LIMITS.maxCpuMs / 1000,
    { min: 1, max: 3600 },
    'Of the processor for one file; a reader that does nothing is given ten times as long.',
  ),
  READ_HEAP_MB: integer(LIMITS.maxHeapMb, { min: 64, max: 65_536 }, 'Heap of a reader, in MB.'),
  READ_MEMORY_MB: integer(
    LIMITS.maxGrowthMb,
    { min: 128, max: 262_144 },
    'Memory that one file may take beside what a reader has, in MB.',
  ),
  READ_FILE_MB: integer(
    LIMITS.maxFileBytes / MB,
    { min: 1, max: 2048 },
    'Largest file that is read, in MB.',
  ),
  READ_UNPACKED_MB: integer(
    LIMITS.maxUnpackedBytes / MB,
    { min: 1, max: 2048 },
    'All parts of an office file or e-book, unpacked, in MB.',
  ),
  READ_PARTS: integer(LIMITS.maxEntries, { min: 1, max: 1_000_000 }, 'Number of such parts.'),
  READ_CHARACTERS: integer(
    LIMITS.maxTextLength,
    { min: 1000, max: 256 * MB },
    'Length of the text that a file gives.',
  ),
  READ_HIDDEN: flag(
    LIMITS.readHidden,
    'Whether hidden sheets, and comments, headers and footers of Word, are read too.',
  ),
  FETCH_PAGES: oneOf(
    ['public', 'all', 'off'],
    'public',
    'Which pages `POST /documents/url` fetches: of the public internet, of any address that the server reaches, or none.',
  ),
  OCR_PROGRAM: text(
    undefined,
    'Program that reads pictures of text, such as `tesseract`; pages of a PDF without words are read by it.',
  ),
  OCR_LANGUAGES: parsed(
    'eng',
    'Languages of such pictures, as the program names them: `eng+deu`.',
    (value) =>
      /^[\w+/-]{1,200}$/.test(value) ? { value } : { problem: 'must be names such as eng+deu' },
  ),
} as const

export function readingOf(values: EnvValues<typeof READ_FIELDS>): FileReadersOptions {
  return {
    processes: values.READ_PROCESSES,
    limits: {
      maxCpuMs: values.READ_SECONDS * 1000,
      maxClockMs: values.READ_SECONDS * 1000 * CLOCK_OVER_CPU,
      maxHeapMb: values.READ_HEAP_MB,
      maxGrowthMb: values.READ_MEMORY_MB,
      maxFileBytes: values.READ_FILE_MB * MB,
      maxUnpackedBytes: values.READ_UNPACKED_MB * MB,
      maxEntries: values.READ_PARTS,
      maxTextLength: values.READ_CHARACTERS,
      readHidden: values.READ_HIDDEN,
      ocr: values.OCR_PROGRAM
        ? { program: values.OCR_PROGRAM, languages: values.OCR_LANGUAGES }
        : null,
    },
  }
}
