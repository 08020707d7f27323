import type { AttackKind } from '../attack.ts'
import { TextMaker } from '../made-text.ts'

const KB = 1024

const words = (maker: TextMaker, characters: number) =>
  Array.from({ length: characters / 6 }, () => maker.random.letters(5)).join(' ')

/** Little that is sent, and much that becomes of it. */
export const amplifiedInserts: AttackKind = {
  kind: 'amplify',
  attacks: [
    {
      name: 'windows-that-overlap',
      by: 'tenant',
      ready: (caller) => {
        const maker = new TextMaker(1)
        const params = { chunk_token_size: 4000, chunk_overlap_token_size: 3999 }
        return async () => {
          const text = words(maker, 50 * KB)
          const file_source = `${maker.random.letters(9)}.txt`
          const chunking = { strategy: 'fixed_token', params }
          await caller.post('/documents/text', { text, file_source, chunking })
          const halves = { chunk_token_size: 4000, chunk_overlap_token_size: 2000 }
          await caller.post('/documents/text', {
            text,
            file_source: `half-${file_source}`,
            chunking: { strategy: 'fixed_token', params: halves },
          })
        }
      },
    },
    {
      name: 'smallest-chunks',
      by: 'tenant',
      ready: (caller) => {
        const maker = new TextMaker(2)
        return async () => {
          const chunking = {
            strategy: 'custom',
            params: {
              split_by_character: ' ',
              split_by_character_only: true,
              chunk_token_size: 100,
              chunk_overlap_token_size: 0,
            },
          }
          const file_source = `${maker.random.letters(9)}.txt`
          const text = words(maker, 400 * KB)
          await caller.post('/documents/text', { text, file_source, chunking })
        }
      },
    },
    {
      name: 'ten-thousand-texts-at-once',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => {
        const maker = new TextMaker(3)
        return async (turn) => {
          const texts = Array.from({ length: 10_000 }, () => maker.sentence())
          const file_sources = texts.map((_, i) => `many-${turn}-${i}.txt`)
          await caller.post('/documents/texts', { texts, file_sources })
        }
      },
    },
    {
      name: 'small-documents-in-a-flood',
      by: 'tenant',
      lanes: 16,
      ready: (caller) => {
        const maker = new TextMaker(4)
        return async () => {
          const file_source = `${maker.random.letters(9)}.txt`
          await caller.post('/documents/text', { text: maker.sentence(), file_source })
        }
      },
    },
    {
      name: 'text-of-45-MB',
      by: 'tenant',
      lanes: 2,
      ready: (caller) => {
        const maker = new TextMaker(5)
        const part = maker.text(10_000)
        const text = part.repeat(Math.floor((45 * KB * KB) / part.length))
        return async (turn) => {
          const file_source = `large-${turn}.txt`
          await caller.post('/documents/text', { text: `${turn} ${text}`, file_source })
        }
      },
    },
  ],
}
