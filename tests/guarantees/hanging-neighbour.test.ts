import { expect, it } from 'vitest'
import { startModelServer } from '../fixtures/model-server/model-server.ts'
import type { CallKind, RecordedCall } from '../fixtures/model-server/recorded-call.ts'
import { afterThisTest, cleanUpAfterEach, indexed } from './engine-test.ts'
import { fairWorkspaces, textOfChunks } from './fair-workspaces.ts'

cleanUpAfterEach()

const SLOTS = 4
const OF_THE_HANGING = 'Passage number'

const hangs = (kind: CallKind) => (call: RecordedCall) => {
  if (call.kind !== kind) return false
  const said = [...call.texts, ...call.messages.map(({ content }) => content)]
  return said.some((text) => text.includes(OF_THE_HANGING))
}

it.each(['chat', 'embed'] as const)(
  'indexes and answers in one workspace while every %s call of another hangs',
  async (kind) => {
    const models = await startModelServer()
    afterThisTest(() => models.close())
    const batches = { EMBEDDING_BATCH_NUM: '1', EMBEDDING_FUNC_MAX_ASYNC: String(SLOTS) }
    const { engines, close } = await fairWorkspaces(models, 2, SLOTS, batches)
    afterThisTest(close)
    const [hanging, neighbour] = engines
    if (!hanging || !neighbour) throw new Error('no engine')
    models.hold(hangs(kind))
    await hanging.insertTexts({ texts: [textOfChunks(20), textOfChunks(30)] })
    await models.until(({ calls }) => calls.filter(hangs(kind)).length >= 2)

    await indexed(neighbour, 'oars.txt', 'The oars of Harbourton are made of ash.')
    const { response } = await neighbour.query({ query: 'What are the oars made of?' })
    expect(response).not.toBe('')
    const { chunks } = { chunks: [], ...(await neighbour.queryData({ query: 'oars' })).data }
    expect(chunks).toHaveLength(1)
    expect(models.calls.filter(hangs(kind)).every(({ endedAt }) => endedAt === null)).toBe(true)
    models.release()
  },
)
