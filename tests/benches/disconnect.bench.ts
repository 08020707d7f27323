import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { modelEnv, postJson } from '../guarantees/model-process.ts'
import { leaveAnAnswer } from '../guarantees/streaming-client.ts'
import { startTestServer } from '../server/test-server.ts'

const ROUNDS = 20

/** Milliseconds from a client's leaving to the end of the request to the model. */
export async function benchDisconnect(): Promise<void> {
  const models = await startModelServer()
  const server = await startTestServer(null, { ...modelEnv(models), LOG_LEVEL: 'silent' })
  try {
    await postJson(server, '/documents/text', { text: 'Ada mends nets.', file_source: 'a.txt' })
    await models.until(({ calls, running }) => calls.length >= 3 && running === 0)
    const took: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      took.push((await leaveAnAnswer(server, models, '/query/stream')).ms)
    }
    took.sort((a, b) => a - b)
    const [median = 0, slowest = 0] = [took[ROUNDS / 2], took.at(-1)]
    console.log(
      `${ROUNDS} clients left: median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms (at most 100 wanted)`,
    )
  } finally {
    await server.close()
    await models.close()
  }
}
