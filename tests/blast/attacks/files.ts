import { docx, epub, wordParagraph, xlsx } from '../../formats/sample-files.ts'
import { endlessPdf } from '../../formats/sample-pdf.ts'
import type { Attack, AttackKind } from '../attack.ts'

const MB = 2 ** 20
const repeated = (part: string, characters: number) =>
  part.repeat(Math.ceil(characters / part.length))

/** Each upload has a name and content of its own, else it would be a duplicate. */
const uploading = (name: string, type: string, make: () => Buffer | string): Attack => ({
  name,
  by: 'tenant',
  lanes: 2,
  ready: (caller) => {
    const content = Buffer.from(make())
    return async (turn) => {
      await caller.upload(`${name}-${turn}.${type}`, varied(content, turn))
    }
  },
})

/** The same file for a reader, and another one for whoever compares: longer by what is behind it. */
function varied(content: Buffer, turn: number): Buffer {
  const more = 1 + (turn % 60_000)
  const tail = Buffer.alloc(more, '\n')
  if (content.subarray(0, 2).toString() !== 'PK') return Buffer.concat([content, tail])
  // A comment of the archive, whose length stands at its end.
  const file = Buffer.concat([content, tail])
  file.writeUInt16LE(more, content.length - 2)
  return file
}

function deepPdf(depth: number): string {
  const objects = ['<< /Type /Catalog /Pages 2 0 R >>']
  for (let i = 0; i < depth; i++) {
    objects.push(`<< /Type /Pages /Count 1 /Kids [${i + 3} 0 R] /Parent ${i + 1} 0 R >>`)
  }
  objects.push(`<< /Type /Page /Parent ${depth + 1} 0 R /MediaBox [0 0 9 9] >>`)
  const body = objects.map((object, i) => `${i + 1} 0 obj\n${object}\nendobj\n`).join('')
  return `%PDF-1.4\n${body}trailer\n<< /Root 1 0 R /Size ${objects.length + 1} >>\nstartxref\n0\n%%EOF`
}

function laughs(): string {
  const entities = Array.from({ length: 12 }, (_, i) =>
    i === 0 ? '<!ENTITY e0 "lol">' : `<!ENTITY e${i} "${`&e${i - 1};`.repeat(10)}">`,
  )
  return `<?xml version="1.0"?><!DOCTYPE a [${entities.join('')}]><a>&e11;</a>`
}

/** Files that are small, and are not. */
export const files: AttackKind = {
  kind: 'files',
  attacks: [
    uploading('bomb-in-docx', 'docx', () => docx(wordParagraph(' '.repeat(200 * MB)))),
    uploading('bomb-in-xlsx', 'xlsx', () => xlsx({ Sheet: [[' '.repeat(250 * MB)]] })),
    uploading('bomb-in-epub', 'epub', () => epub([`<p>${' '.repeat(250 * MB)}</p>`])),
    uploading('ten-thousand-parts', 'epub', () =>
      epub(Array.from({ length: 20_000 }, (_, i) => `<p>${i}</p>`)),
    ),
    uploading('cells-by-the-hundred-thousand', 'xlsx', () =>
      xlsx({ Sheet: Array.from({ length: 20_000 }, (_, i) => ['a', 'b', 'c', `${i}`, 'e', 'f']) }),
    ),
    uploading('forms-that-unfold', 'pdf', endlessPdf),
    uploading('tree-of-pages', 'pdf', () => deepPdf(20_000)),
    uploading('row-of-20-MB', 'csv', () => repeated('a,', 20 * MB)),
    uploading('quote-without-end', 'csv', () => `"${repeated('a","b"\n', 10 * MB)}`),
    uploading('lists-in-lists', 'json', () => repeated('[', MB) + repeated(']', MB)),
    uploading('tags-in-tags', 'html', () => repeated('<div><b>', 4 * MB)),
    uploading('table-in-tables', 'html', () => repeated('<table><tr><td>a', 4 * MB)),
    uploading('billion-laughs', 'xml', laughs),
    uploading('groups-in-groups', 'rtf', () => `{\\rtf1 ${repeated('{\\b ', 4 * MB)}`),
    uploading('heading-with-blanks', 'md', () => `# a${repeated(' ', 4 * MB)}b`),
    uploading('commands-in-commands', 'tex', () => repeated('\\textbf{\\emph{', 2 * MB)),
    uploading('anchors-of-anchors', 'yaml', () =>
      Array.from(
        { length: 30 },
        (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 9)}x]\n`,
      ).join(''),
    ),
  ].map((attack) => ({ ...attack, name: `file-${attack.name}` })),
}
