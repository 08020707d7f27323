import { describe, expect, it } from 'vitest'
import { cpuTime } from './growth/cpu-time.ts'
import { HOSTILE_TEXTS, type HostileText } from './growth/hostile-texts.ts'
import { PACKED_STAGES, TEXT_STAGES } from './growth/text-stages.ts'

/** In characters. */
const SHORT = Number(process.env.TEXT_GROWTH ?? 2000)
const TIMES = 4
/** Times what a text four times as long may take: sixteen is the square, and a warm-up is in it. */
const MOST = 10
/** In milliseconds; the clock of a thread has ticks, and memory is cleared now and then. */
const LEAST = 2

describe('what is done with a text takes time that grows with its length', () => {
  it.each(Object.entries(TEXT_STAGES))('when %s', { timeout: 600_000 }, async (_, stage) => {
    expect(await slowTexts(stage, HOSTILE_TEXTS)).toEqual([])
  })

  it.each(Object.entries(PACKED_STAGES))('when %s', { timeout: 600_000 }, async (_, stage) => {
    expect(
      await slowTexts(
        stage,
        HOSTILE_TEXTS.filter((_, i) => i % 8 === 0),
      ),
    ).toEqual([])
  })
})

/** What did take too long, on texts so long that nothing of it can pass unseen. */
const ONCE_SLOW = [
  ['names are found without a model', '\u4e2d'],
  ['names are found without a model', '\u30a2\u30fc'],
  ['sentences are cut', 'A. '],
  ['sentences are cut', '\u4e2d\u6587\u3002'],
  ['an answer is extracted for a long question', 'Ab who when '],
  ['HTML is read', '<p> </p>'],
  ['JSON of a model is read', '\\"{'],
] as const

describe('what once took the square of the length', () => {
  it.each(ONCE_SLOW)('no longer does when %s of %j', { timeout: 600_000 }, async (name, part) => {
    const stage = TEXT_STAGES[name]
    if (!stage) throw new Error(`There is no such stage: ${name}`)
    const text = (characters: number) => part.repeat((20 * characters) / part.length)
    expect(await growsTooFast(stage, text)).toBe(false)
  })
})

async function slowTexts(
  stage: (text: string) => unknown,
  texts: readonly HostileText[],
): Promise<string[]> {
  await stage('Ann Lee met Bo Yi. '.repeat(SHORT / 20))
  const slow: string[] = []
  for (const { name, text } of texts) if (await growsTooFast(stage, text)) slow.push(name)
  return slow
}

async function growsTooFast(
  stage: (text: string) => unknown,
  text: (characters: number) => string,
): Promise<boolean> {
  const short = text(SHORT)
  const long = text(SHORT * TIMES)
  for (let tries = 0; tries < 3; tries++) {
    const time = await timeOf(stage, long)
    if (time <= MOST * LEAST || time <= MOST * (await timeOf(stage, short))) return false
  }
  return true
}

async function timeOf(stage: (text: string) => unknown, text: string): Promise<number> {
  const before = cpuTime()
  await stage(text)
  return cpuTime() - before
}
