import type { TextJob, TextResult } from '../../src/texts/text-jobs.ts'
import { textWork, transferred } from '../../src/texts/text-work.ts'
import { answerCalls } from '../../src/threads/answer-calls.ts'
import { PLANTED } from './planted-texts.ts'

/** Does what a text thread does, but for texts that say otherwise. */
answerCalls<TextJob, TextResult>((job) => {
  const input = JSON.stringify(job.input)
  const isMeant = (what: string) => input.includes(`${what}-${job.kind}`)
  if (isMeant(PLANTED.spin)) for (;;);
  if (isMeant(PLANTED.growth)) for (const all: string[] = []; ; ) all.push(`text ${all.length}`)
  if (isMeant(PLANTED.refusal)) throw new Error('planted')
  return textWork(job)
}, transferred)
