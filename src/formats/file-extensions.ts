import { TWINS } from './format-twins.ts'

/** Documents with a reader of their own. */
const DOCUMENTS = [
  ['.pdf', '.docx', '.pptx', '.xlsx', '.odt', '.odp', '.ods', '.rtf', '.epub', '.html'],
  ['.eml', '.msg', '.vtt', '.srt', '.ipynb'],
]
const DATA = ['.csv', '.tsv', '.json', '.jsonl', '.xml']
/** Read as they are. */
const TEXTS = [
  ['.txt', '.md', '.mdx', '.tex', '.rst', '.org', '.adoc', '.yaml', '.yml', '.log'],
  ['.conf', '.ini', '.properties', '.toml'],
]
const SOURCES = [
  ['.sql', '.bat', '.sh', '.py', '.rb', '.php', '.go', '.rs', '.swift', '.java', '.kt', '.cs'],
  ['.c', '.h', '.cpp', '.hpp', '.js', '.jsx', '.ts', '.tsx', '.css', '.scss', '.less'],
]

/** What can be uploaded: everything that LightRAG takes, and more kinds of documents and code. */
export const FILE_EXTENSIONS: readonly string[] = Object.freeze([
  ...new Set([
    ...TEXTS.flat(),
    ...DOCUMENTS.flat(),
    ...DATA,
    ...Object.keys(TWINS),
    ...SOURCES.flat(),
  ]),
])
