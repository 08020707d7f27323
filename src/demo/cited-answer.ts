import type { Answer } from './rag-client.ts'

/** An answer as the demo prints it: who got it, the text, the files it cites. */
export function citedAnswer(name: string, { response, references }: Answer): string {
  const body = bodyOf(response)
  const cited = references.filter(({ reference_id: id }) => body.includes(`[${id}]`))
  const sources = (cited.length > 0 ? cited : references).map(
    (entry) => `[${entry.reference_id}] ${entry.file_path}`,
  )
  return [`${name}:`, body, '', ...sources].join('\n')
}

/** The text without what the demo says once for all answers: the list of files, a closing remark. */
function bodyOf(response: string): string {
  const [text = ''] = response.split(/^### References/m)
  return text.replace(/\n[ \t]*\*[^*\n]+\*\s*$/, '').trim()
}
