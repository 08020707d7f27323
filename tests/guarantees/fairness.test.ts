import { expect, it } from 'vitest'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { afterThisTest, cleanUpAfterEach, indexed } from './engine-test.ts'
import {
  fairWorkspaces,
  isExtraction,
  isFirstCallOf,
  questionOf,
  textOfChunks,
} from './fair-workspaces.ts'

cleanUpAfterEach()

const QUESTIONS = 19
const SLOTS = 4

it(`starts no extraction while questions of ${QUESTIONS} other workspaces wait, and asks all within six rounds`, async () => {
  const models = await startModelServer()
  afterThisTest(() => models.close())
  const { provider, engines, close } = await fairWorkspaces(models, QUESTIONS + 1, SLOTS)
  afterThisTest(close)
  const [busy, ...others] = engines
  if (!busy) throw new Error('no engine')
  // Else a question would have nothing to answer from, and might not ask the model.
  for (const [number, rag] of others.entries()) {
    await indexed(rag, 'a.txt', `In place number ${number} nothing happened.`)
  }
  models.hold()
  const before = models.calls.length
  await busy.insertTexts({ texts: [textOfChunks(80)] })
  await models.until(({ running }) => running === SLOTS)
  const answers = others.map((rag, number) => rag.query({ query: questionOf(number) }))
  await models.until(() => provider.gauges().llm.waiting.query === QUESTIONS)
  const asked = models.callsOf('chat').length
  models.release()
  await Promise.all(answers)

  const chats = models.callsOf('chat').slice(asked)
  expect(models.calls.slice(before, before + SLOTS).every(isExtraction)).toBe(true)
  for (let number = 0; number < QUESTIONS; number++) {
    const first = chats.findIndex((call) => isFirstCallOf(call, number))
    expect(chats.slice(0, first).filter(isExtraction)).toEqual([])
    // The round that was under way, and then at most one for each four questions.
    expect(1 + Math.floor(first / SLOTS)).toBeLessThanOrEqual(6)
  }
  expect(chats.some(isExtraction) || models.callsOf('chat').length > asked).toBe(true)
})
