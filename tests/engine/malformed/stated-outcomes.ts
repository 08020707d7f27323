import { expect } from 'vitest'
import { ANSWER, SUMMARY } from './lied-to.ts'
import type { Cell } from './malformed-cell.ts'
import { type DocumentOutcome, descriptionsIn, namesIn } from './malformed-documents.ts'
import type { QuestionOutcome } from './malformed-questions.ts'

/** The place of the chunk that is lied about; the other one is not. */
const CHUNK = [1]

/** Checks what is stated of documents, by the role in which a model lies and what it makes of it. */
export function expectDocument(cell: Cell, outcome: DocumentOutcome): void {
  const { role, meaning } = cell
  const { status, named, description } = outcome
  const setAside = [...outcome.setAside.keys()]
  expect(status).toBe('processed')
  if (role === 'extraction') {
    expect(setAside).toEqual(meaning === 'read' ? [] : CHUNK)
    // Of what is cut off, what is complete is kept.
    if (meaning !== 'cut') expect(named).toEqual(meaning === 'read' ? namesIn(cell) : [])
  } else if (role === 'gleaning') {
    // What the first look found stays, whatever becomes of the second.
    expect(named).toEqual(namesIn(cell))
    expect(setAside).toEqual(meaning === 'out' || meaning === 'cut' ? CHUNK : [])
  } else if (role === 'summary') {
    expect(setAside).toEqual([])
    expectDescription(cell, description)
  } else {
    expect(setAside).toEqual(meaning === 'read' ? [] : CHUNK)
    for (const reason of outcome.setAside.values()) expect(reason).toMatch(/^It has no vector: /)
  }
}

/** Without a summary what was to be summarised stands side by side. */
function expectDescription(cell: Cell, description: string): void {
  if (cell.meaning === 'read') expect(description).toBe(SUMMARY)
  else if (cell.meaning === 'formless') expect(description).toBe('No.')
  else for (const one of descriptionsIn(cell)) expect(description).toContain(one)
}

const FAILED: Readonly<Record<string, number | undefined>> = { out: 503, refused: 502 }

/** Checks what is stated of questions; `again` was asked when nobody lied any more. */
export function expectAnswer(
  cell: Cell,
  outcome: QuestionOutcome,
  others: { readonly again: QuestionOutcome; readonly unranked: QuestionOutcome },
): void {
  const { role, meaning, malformation } = cell
  const status = FAILED[meaning]
  if (role === 'rerank') {
    expectRanking(cell, outcome, others)
  } else if (role === 'streamed answer') {
    expectStream(cell, outcome)
  } else {
    expect(outcome.status).toBe(status ?? 200)
    expect(outcome.error === null).toBe(status === undefined)
  }
  if (role === 'answer' && status === undefined) {
    expect(outcome.finish === null).toBe(meaning === 'read')
  }
  // A vector with one huge number is another, though it is one.
  const isSame = meaning === 'read' && malformation.name !== 'huge numbers'
  if (role === 'embedding of questions' && isSame) {
    expect(outcome.passages).toEqual(others.again.passages)
  }
}

/** A reranker that fails costs the order of the passages, and nothing else. */
function expectRanking(
  { meaning }: Cell,
  { status, passages }: QuestionOutcome,
  { again, unranked }: { readonly again: QuestionOutcome; readonly unranked: QuestionOutcome },
): void {
  expect(status).toBe(200)
  expect(passages.length).toBeGreaterThan(0)
  if (meaning === 'read') expect(passages).toEqual(again.passages)
  else if (meaning !== 'cut') expect(passages).toEqual(unranked.passages)
}

/** What was said before a failure is told; then comes the failure, and no end. */
function expectStream({ meaning }: Cell, { error, finish, text }: QuestionOutcome): void {
  const failed = FAILED[meaning] !== undefined
  if (failed) expect(error).toMatch(/^The (?:model|content filter)/)
  else expect(error).toBeNull()
  expect(finish === null).toBe(failed || meaning === 'read')
  expect(ANSWER.startsWith(text.trimEnd())).toBe(true)
}
