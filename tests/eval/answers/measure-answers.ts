import type { JudgedAnswer } from './answers-report.ts'
import { type AskedEngine, givenAnswer, openEngine } from './ask-engine.ts'
import { judge } from './judge-answer.ts'
import type { SetQuestion } from './question-set.ts'

/** Asks every question of an engine of its own, and judges the answers. */
export async function measureAnswers(questions: readonly SetQuestion[]): Promise<JudgedAnswer[]> {
  const engine = await openEngine()
  try {
    const judged: JudgedAnswer[] = []
    for (const question of questions) judged.push(await judgedAnswer(engine, question))
    return judged
  } finally {
    await engine.close()
  }
}

async function judgedAnswer(engine: AskedEngine, question: SetQuestion): Promise<JudgedAnswer> {
  const reply = await engine.ask(question.question)
  return { question, response: reply.response, ...judge(question, givenAnswer(reply)) }
}
