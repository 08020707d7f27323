import { parseXml, prefixed } from '../../markup/parse-xml.ts'

const NOTES = new Set(['footnote', 'endnote', 'comment'])

/** Adds the words of notes or comments by their reference and id; lines between notes are none. */
export function readNotes(
  xml: string,
  reference: string,
  notes: Map<string, string>,
  maxDepth: number,
): void {
  let id: string | null = null
  let words: string[] = []
  let inText = false
  parseXml(
    xml,
    {
      open(name, attributes) {
        if (NOTES.has(name)) {
          id =
            prefixed(attributes, 'type') === undefined ? (prefixed(attributes, 'id') ?? null) : null
          words = []
        }
        inText = name === 't'
        if (name === 'p' || name === 'tab' || name === 'br') words.push(' ')
      },
      close(name) {
        inText = false
        if (id === null || !NOTES.has(name)) return
        notes.set(`${reference} ${id}`, words.join('').replace(/\s+/g, ' ').trim())
        id = null
      },
      text(text) {
        if (inText) words.push(text)
      },
    },
    maxDepth,
  )
}
