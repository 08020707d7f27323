import { expect, it } from 'vitest'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import { startTestServer } from '../server/test-server.ts'
import { afterThisTest, cleanUpAfterEach } from './engine-test.ts'
import { documentsOf, modelEnv, postJson } from './model-process.ts'
import { leaveAnAnswer } from './streaming-client.ts'

cleanUpAfterEach()

it.each(['/query/stream', '/query'] as const)(
  'ends the request to the model when a client of %s leaves',
  async (path) => {
    const models = await startModelServer()
    afterThisTest(() => models.close())
    const server = await startTestServer(null, { ...modelEnv(models), LLM_TIMEOUT: '0' })
    afterThisTest(() => server.close())
    await postJson(server, '/documents/text', { text: 'Ada mends nets.', file_source: 'a.txt' })
    while ((await documentsOf(server))[0]?.status !== 'processed') await models.until(() => true)

    // Without a time limit the answer would never end by itself.
    const { call } = await leaveAnAnswer(server, models, path)
    expect(call.stream).toBe(true)
    expect(call).toMatchObject({ aborted: true, finished: false })
    // The slot is free again: the next question is answered.
    const reply = await postJson<{ response: string }>(server, '/query', {
      query: 'What does Ada do?',
      mode: 'naive',
    })
    expect(reply.response).not.toBe('')
  },
)
