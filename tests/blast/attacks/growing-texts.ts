import type { AttackKind } from '../attack.ts'
import type { Caller } from '../caller.ts'

interface GrowingText {
  readonly name: string
  readonly text: string
  readonly chunking?: object
  readonly file?: string
}

/** As few chunks as a text can have. */
const WHOLE = {
  strategy: 'fixed_token',
  params: { chunk_token_size: 100_000, chunk_overlap_token_size: 0 },
}
const MARKDOWN = { strategy: 'markdown' }

const repeated = (part: string, characters: number) =>
  part.repeat(Math.ceil(characters / part.length))

/** Texts on which some step may take more time than their length is worth. */
const TEXTS: readonly GrowingText[] = [
  {
    name: 'heading-with-blanks',
    text: `# a${repeated(' ', 1_000_000)}b\n\nwords`,
    chunking: MARKDOWN,
    file: 'md',
  },
  { name: 'headings-alone', text: repeated('# Ab\n', 1_000_000), chunking: MARKDOWN, file: 'md' },
  { name: 'abbreviations', text: repeated('A. ', 200_000), chunking: WHOLE },
  {
    name: 'words-of-80000-letters',
    text: `Then Meet X${repeated('a', 80_000)} now. Then Meet Y${repeated('b', 80_000)} now.`,
    chunking: WHOLE,
  },
  { name: 'one-letter-a-million-times', text: repeated('a', 1_000_000) },
  { name: 'blanks-a-million-times', text: `x${repeated(' ', 1_000_000)}y` },
  { name: 'rows-of-a-table', text: repeated('| a | b |\n', 1_000_000), file: 'md' },
  { name: 'bars-in-one-row', text: repeated('|', 500_000), file: 'md' },
  { name: 'tags-in-tags', text: repeated('<b><i>', 600_000), file: 'html' },
  { name: 'entities-in-entities', text: `&${repeated('amp;', 1_000_000)}lt;` },
  { name: 'combining-marks', text: `e${repeated('\u0301', 300_000)}` },
  { name: 'marks-of-direction', text: repeated('\u202e\u05d0', 400_000) },
  { name: 'joined-emoji', text: repeated('\u{1f469}\u200d\u{1f467}\u200d', 300_000) },
  { name: 'chinese-without-blanks', text: repeated('\u4e2d\u6587', 400_000) },
  { name: 'ligatures-that-unfold', text: repeated('\ufdfa', 100_000) },
  { name: 'carriage-returns', text: repeated('\r', 500_000) + repeated('\r\n', 500_000) },
  { name: 'quotation-marks', text: repeated('"a" ', 600_000) },
  { name: 'open-brackets', text: repeated('({[', 600_000) },
  { name: 'names-by-the-thousand', text: names(30_000) },
  { name: 'records-of-an-extraction', text: repeated('entity<|#|>Ab<|#|>c<|#|>d\n', 500_000) },
]

export const growingTexts: AttackKind = {
  kind: 'texts',
  attacks: TEXTS.map((text) => ({ name: text.name, by: 'tenant', ready: inserting(text) })),
}

/** Inserts the text, another one each time, and asks a question that has to do with it. */
function inserting({ text, chunking, file = 'txt' }: GrowingText) {
  return (caller: Caller) => async (turn: number) => {
    const whole = `Zebra report ${turn}. ${text} The end ${turn}.`
    // A heading stands at the beginning of its line.
    const laid = file === 'md' ? `${text}\n\nZebra report ${turn}.` : whole
    const source = `${caller.place.username}-${turn}.${file}`
    await caller.post('/documents/text', { text: laid, file_source: source, chunking })
    const query = `What does the Zebra report ${turn} say?`
    await caller.post('/query', { query, mode: 'naive', max_total_tokens: 1_000_000 })
    await caller.post('/query/data', { query: text.slice(0, 60_000), mode: 'mix' })
  }
}

function names(count: number): string {
  const name = (i: number) => `N${i.toString(36)}a M${(i * 7).toString(36)}b`
  return Array.from({ length: count }, (_, i) => `${name(i)} met ${name(i + 1)}.`).join(' ')
}
