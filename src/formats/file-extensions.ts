/** Documents with a reader of their own. */
const DOCUMENTS = ['.pdf', '.docx', '.pptx', '.xlsx', '.odt', '.rtf', '.epub', '.html', '.htm']
const DATA = ['.csv', '.json', '.xml']
/** Read as they are. */
const TEXTS = ['.txt', '.md', '.mdx', '.tex', '.yaml', '.yml', '.log']
const SETTINGS = ['.conf', '.ini', '.properties', '.toml']
const SOURCES = [
  ['.sql', '.bat', '.sh', '.py', '.rb', '.php', '.go', '.rs', '.swift', '.java', '.kt', '.cs'],
  ['.c', '.h', '.cpp', '.hpp', '.js', '.jsx', '.ts', '.tsx', '.css', '.scss', '.less'],
]

/** What can be uploaded: everything that LightRAG takes, and a few more kinds of source code. */
export const FILE_EXTENSIONS: readonly string[] = Object.freeze([
  ...TEXTS,
  ...DOCUMENTS,
  ...DATA,
  ...SETTINGS,
  ...SOURCES.flat(),
])
