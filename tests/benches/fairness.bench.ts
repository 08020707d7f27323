import { startModelServer } from '../fixtures/model-server/model-server.ts'
import {
  fairWorkspaces,
  isExtraction,
  isFirstCallOf,
  questionOf,
  textOfChunks,
} from '../guarantees/fair-workspaces.ts'

const CHUNKS = 500
const QUESTIONS = 19
const SLOTS = 4
const ROUND_MS = 50

/** How long questions of other workspaces wait for their first call while one workspace indexes. */
export async function benchFairness(): Promise<void> {
  const models = await startModelServer({ latencyMs: ROUND_MS })
  const { engines, close } = await fairWorkspaces(models, QUESTIONS + 1, SLOTS)
  try {
    const [busy, ...others] = engines
    if (!busy) return
    await Promise.all(
      others.map(async (rag, number) => {
        await rag.insertTexts({ texts: [`In place number ${number} nothing happened.`] })
        await rag.idle()
      }),
    )
    const before = models.callsOf('chat').length
    await busy.insertTexts({ texts: [textOfChunks(CHUNKS)] })
    await models.until((server) => server.callsOf('chat').length >= before + 40)
    const asked = performance.now()
    const known = models.callsOf('chat').length
    const done = await Promise.all(
      others.map(async (rag, number) => {
        await rag.query({ query: questionOf(number) })
        return performance.now() - asked
      }),
    )
    const chats = models.callsOf('chat').slice(known)
    const firsts = others.map((_, number) => chats.findIndex((call) => isFirstCallOf(call, number)))
    const last = Math.max(...firsts)
    const waits = firsts.map((tenantKb) => (chats[tenantKb]?.endedAt ?? 0) - ROUND_MS - asked)
    const slowest = Math.max(...waits)
    const between = chats.slice(0, last).filter(isExtraction).length
    console.log(
      `${QUESTIONS} questions beside ${CHUNKS} chunks, ${SLOTS} slots, ${ROUND_MS} ms a call:`,
    )
    console.log(
      `slowest first call: ${(1 + last / SLOTS).toFixed(1)} rounds by order of calls, ` +
        `${(slowest / ROUND_MS).toFixed(1)} by the clock (at most 6 wanted)`,
    )
    console.log(`extraction calls begun meanwhile: ${between}`)
    console.log(`slowest whole answer: ${(Math.max(...done) / ROUND_MS).toFixed(1)} rounds`)
  } finally {
    await close()
    await models.close()
  }
}
