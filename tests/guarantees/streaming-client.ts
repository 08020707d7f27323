import { once } from 'node:events'
import { request } from 'node:http'
import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'

/**
 * Asks a question, waits for the first piece of the answer, and leaves by closing the socket.
 *
 * @returns the model call that the answer came from, and milliseconds from leaving to its end
 */
export async function leaveAnAnswer(
  server: { readonly url: string },
  models: ModelServer,
  path: '/query/stream' | '/query',
): Promise<{ call: RecordedCall; ms: number }> {
  const before = models.callsOf('chat').length
  // One piece, and then nothing more for as long as somebody listens.
  models.failNext('chat', { kind: 'stall' })
  const asking = request(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  asking.on('error', () => undefined)
  asking.end(JSON.stringify({ query: 'What does Ada do?', mode: 'naive', stream: true }))
  if (path === '/query/stream') {
    const [reply] = await once(asking, 'response')
    let said = ''
    for await (const piece of reply) {
      said += String(piece)
      if (said.includes('"response"')) break
    }
  }
  await models.until((held) => held.callsOf('chat').length > before && held.running === 1)
  const left = performance.now()
  asking.destroy()
  await models.until(({ running }) => running === 0)
  const call = models.callsOf('chat')[before]
  if (!call?.endedAt) throw new Error('the model was not asked')
  return { call, ms: call.endedAt - left }
}
