import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { DocStatusResponse } from '../../src/engine/documents/document-calls.ts'
import type { Fault } from '../fixtures/model-server/fault.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'
import type { RealProcess } from '../server/real-process.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { documentsOf, insertTexts, startModelProcess } from './model-process.ts'
import { askedOf, repeatedCalls, textsEmbeddedAgain, usable } from './paid-calls.ts'

const DOCUMENTS = 50
const ROUNDS = Number(process.env.GUARANTEE_FAULT_ROUNDS ?? 1)
const KILLS = Number(process.env.GUARANTEE_KILLS ?? 4)
/** Calls at once, by the server's own limits. */
const SLOTS = 4
/** An answer after which so many more calls came has been kept: the slot of each was free again. */
const SURELY_KEPT = 3 * SLOTS

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 429 },
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'status', status: 429, retryAfter: '3' },
  { kind: 'status', status: 500 },
  { kind: 'truncated' },
  { kind: 'garbage' },
  { kind: 'stall' },
  { kind: 'close' },
]

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

async function modelsWith(latencyMs: number): Promise<ModelServer> {
  const models = await startModelServer({ latencyMs })
  cleanUps.push(() => models.close())
  return models
}

async function someFolder(): Promise<string> {
  const folder = await tempFolder()
  cleanUps.push(folder.remove)
  return folder.path
}

/** Two chunks each, names that many share, and no chunk like another. */
function manyTexts(): Map<string, string> {
  return new Map(
    Array.from({ length: DOCUMENTS }, (_, i) => {
      const lines = Array.from(
        { length: 8 },
        (_, j) => `In week ${j} the Station${i} wrote to Harbour${(i * j) % 7} of Alva about Mail.`,
      )
      return [`report-${i}.txt`, lines.join(' ')] as const
    }),
  )
}

const ENV = { CHUNK_SIZE: '96', CHUNK_OVERLAP_SIZE: '8', MAX_ASYNC: String(SLOTS) }

async function settled(server: RealProcess): Promise<DocStatusResponse[]> {
  for (;;) {
    const documents = await documentsOf(server)
    if (documents.every(({ status }) => status !== 'pending' && status !== 'processing')) {
      return documents
    }
    await sleep(100)
  }
}

/** Each fault among good answers, for chats and embeddings by turns. */
async function meetFaults(models: ModelServer): Promise<void> {
  for (const fault of Array.from({ length: ROUNDS }, () => FAULTS).flat()) {
    for (const kind of ['chat', 'embed'] as const) {
      models.failNext(kind, fault)
      const before = models.callsOf(kind).length
      await models.until((server) => server.callsOf(kind).length > before + 3)
    }
  }
}

function expectAllProcessed(documents: readonly DocStatusResponse[]): void {
  expect(documents).toHaveLength(DOCUMENTS)
  for (const { status, metadata, error_msg } of documents) {
    expect({ status, error_msg }).toEqual({ status: 'processed', error_msg: null })
    // A chunk that was given up would be a document that only looks whole.
    expect(metadata).not.toHaveProperty('chunks_set_aside')
  }
}

describe('a server that asks models over sockets', () => {
  it(`indexes ${DOCUMENTS} documents through every kind of fault, and asks for no answer twice`, async () => {
    const models = await modelsWith(10)
    const server = await startModelProcess(await someFolder(), models, {
      ...ENV,
      // Far above what an answer takes on a busy machine: giving one up means asking again.
      LLM_TIMEOUT: '12',
      EMBEDDING_TIMEOUT: '12',
    })
    cleanUps.push(() => server.kill())
    const troubles = meetFaults(models)
    await insertTexts(server, manyTexts())
    expectAllProcessed(await settled(server))
    await troubles

    const chats = models.callsOf('chat')
    expect(chats.filter(({ fault }) => fault !== null)).toHaveLength(ROUNDS * FAULTS.length)
    expect(repeatedCalls(chats)).toEqual([])
    expect(textsEmbeddedAgain(models)).toEqual([])
    console.log(
      `${DOCUMENTS} documents, ${chats.length} chats for ${models.distinctPrompts} prompts, ` +
        `${chats.filter((call) => !usable(call)).length} of them met faults, ` +
        `${models.callsOf('embed').length} embedding requests`,
    )
  }, 600_000)

  it(`asks again, after each of ${KILLS} kills, at most for what was under way`, async () => {
    const models = await modelsWith(25)
    const folder = await someFolder()
    /** How many calls had reached the models at each kill. */
    const kills: number[] = []
    let server = await startModelProcess(folder, models, ENV)
    cleanUps.push(() => server.kill())
    await insertTexts(server, manyTexts())
    for (let kill = 0; kill < KILLS; kill++) {
      const before = models.callsOf('chat').length
      const more = 3 + Math.floor(Math.random() * 30)
      await models.until(() => models.callsOf('chat').length >= before + more)
      await server.kill()
      kills.push(models.calls.length)
      server = await startModelProcess(folder, models, ENV)
    }
    expectAllProcessed(await settled(server))
    // Nothing of the last documents is asked later on.
    await models.until(({ running }) => running === 0)

    const chats = models.callsOf('chat')
    const repeated = repeatedCalls(chats)
    for (const call of repeated) expect(wasUnderWay(models, call, kills)).toBe(true)
    expect(repeated.length).toBeLessThanOrEqual(KILLS * SLOTS)
    expect(chats.length).toBeGreaterThanOrEqual(DOCUMENTS * 2 * 2)
    console.log(
      `${KILLS} kills, ${chats.length} chats for ${models.distinctPrompts} prompts, ` +
        `${repeated.length} of them asked for an answer that a kill took on its way, ` +
        `${textsEmbeddedAgain(models).length} texts embedded again`,
    )
  }, 600_000)
})

/** Whether each usable answer before this call came so late that a kill may have taken it. */
function wasUnderWay(models: ModelServer, call: RecordedCall, kills: readonly number[]): boolean {
  const place = models.calls.indexOf(call)
  return models.calls
    .slice(0, place)
    .filter((earlier) => usable(earlier) && askedOf(earlier) === askedOf(call))
    .every((earlier) =>
      kills.some(
        (known) =>
          known > models.calls.indexOf(earlier) && known - (earlier.callsByThen ?? 0) < SURELY_KEPT,
      ),
    )
}
