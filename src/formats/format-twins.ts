/**
 * Extensions that are another one's format: with macros, which nothing runs here, templates, shows that
 * begin at once, and other spellings.
 */
export const TWINS: Readonly<Record<string, string>> = {
  '.docm': '.docx',
  '.dotx': '.docx',
  '.dotm': '.docx',
  '.xlsm': '.xlsx',
  '.xltx': '.xlsx',
  '.xltm': '.xlsx',
  '.pptm': '.pptx',
  '.potx': '.pptx',
  '.potm': '.pptx',
  '.ppsx': '.pptx',
  '.ppsm': '.pptx',
  '.ott': '.odt',
  '.fodt': '.odt',
  '.ots': '.ods',
  '.fods': '.ods',
  '.otp': '.odp',
  '.fodp': '.odp',
  '.htm': '.html',
  '.xhtml': '.html',
  '.markdown': '.md',
  '.asciidoc': '.adoc',
  '.ndjson': '.jsonl',
  '.tab': '.tsv',
}
