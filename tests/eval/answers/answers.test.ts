import { readdir } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { answeredIn, type JudgedAnswer, tallyOf } from './answers-report.ts'
import { judge } from './judge-answer.ts'
import { measureAnswers } from './measure-answers.ts'
import { DOCUMENTS, KINDS, questionSet, type SetQuestion } from './question-set.ts'

describe('the set of questions', () => {
  it('has ten questions of each of twelve kinds, half of each blind, none twice', async () => {
    const questions = await questionSet()
    const perKind = KINDS.map((kind) =>
      (['blind', 'known'] as const).map(
        (half) => questions.filter((one) => one.kind === kind && one.half === half).length,
      ),
    )
    expect(perKind).toEqual(KINDS.map(() => [5, 5]))
    expect(new Set(questions.map(({ question }) => question)).size).toBe(120)
  })

  it('names documents that there are', async () => {
    const files = new Set(await readdir(DOCUMENTS))
    const named = (await questionSet()).flatMap(({ sources }) => sources)
    expect(named.filter((file) => !files.has(file))).toEqual([])
  })
})

describe('the judge', () => {
  const question = {
    expected: ['12 euros', 'students'],
    sources: ['a.md'],
  } as unknown as SetQuestion
  const nothing: SetQuestion = { ...question, expected: [] }
  const cited = [{ file: 'a.md', text: 'Adults pay 12 euros, students 7.', unsupported: false }]
  const answer = (text: string) => ({ text, refused: false, cited })

  it('calls right what holds all, partly what holds some, wrong what holds nothing', () => {
    expect(judge(question, answer('12  Euros; *students* less.'))).toEqual({
      verdict: 'right',
      cites: true,
    })
    expect(judge(question, answer('12 euros.')).verdict).toBe('partly')
    expect(judge(question, answer('Dogs.')).verdict).toBe('wrong')
  })

  it('wants a refusal where nothing is expected, and only there', () => {
    const refusal = { text: '', refused: true, cited: [] }
    expect(judge(nothing, refusal)).toEqual({ verdict: 'right', cites: null })
    expect(judge(question, refusal).verdict).toBe('refused')
    expect(judge(nothing, answer('12 euros')).verdict).toBe('wrong')
  })

  it('wants citations of the right file that hold what is told', () => {
    const elsewhere = [{ file: 'b.md', text: '12 euros students', unsupported: false }]
    expect(judge(question, { ...answer('12 euros students'), cited: elsewhere }).cites).toBe(false)
    const lacking = [{ file: 'a.md', text: '12 euros', unsupported: false }]
    expect(judge(question, { ...answer('12 euros students'), cited: lacking }).cites).toBe(false)
  })
})

describe('answers without a model', () => {
  let judged: readonly JudgedAnswer[] = []
  beforeAll(async () => {
    judged = await measureAnswers(await questionSet())
  }, 240_000)

  it('are right for seven of ten questions, in either half', () => {
    for (const half of ['blind', 'known'] as const) {
      const { right, questions } = tallyOf(judged, { half })
      expect(right / questions).toBeGreaterThanOrEqual(0.7)
    }
  })

  it('refuse nine of ten questions that the documents do not answer', () => {
    expect(tallyOf(judged, { kind: 'unanswerable' }).right).toBeGreaterThanOrEqual(9)
  })

  it('tell eight of ten lists whole', () => {
    expect(tallyOf(judged, { kind: 'list' }).right).toBeGreaterThanOrEqual(8)
  })

  it('cite rightly for 95 % of what they answer', () => {
    const { cites } = tallyOf(judged)
    expect(cites / answeredIn(judged)).toBeGreaterThanOrEqual(0.95)
  })
})
