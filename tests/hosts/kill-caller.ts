import { setTimeout as sleep } from 'node:timers/promises'
import type { PaginatedDocuments } from '../../src/engine/documents/document-calls.ts'
import type { RealProcess } from '../server/real-process.ts'
import { call, type Told } from './hosted-server.ts'

/** At documents that are still in work: some minutes, which is long for what was left. */
const MOST_LOOKS = 600

/** A word that stands in the documents of one workspace and nowhere else. */
export function canaryOf(workspace: string): string {
  return `Canary${workspace}Word`
}

/** Inserts into a workspace and asks about it, as its user, and keeps book of what it was told. */
export class KillCaller {
  readonly workspace: string
  readonly acknowledged = new Set<string>()
  readonly faults: string[] = []
  readonly counts = { inserts: 0, answers: 0, refused: 0, broken: 0 }
  readonly #others: readonly string[]
  readonly #server: () => RealProcess
  readonly #stop = new AbortController()
  readonly #running: Promise<unknown>

  /** @param server the one that is there at present */
  constructor(workspace: string, all: readonly string[], server: () => RealProcess) {
    this.workspace = workspace
    this.#others = all.filter((other) => other !== workspace).map(canaryOf)
    this.#server = server
    this.#running = Promise.all([this.#keepInserting(), this.#keepAsking()])
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  /** What is in the workspace, once nothing is on its way any more. */
  async check(): Promise<void> {
    const found = new Map<string, string[]>()
    for (const { file_path, status, error_msg } of await this.#settled()) {
      const said = status === 'failed' ? `failed: ${error_msg}` : status
      found.set(file_path, [...(found.get(file_path) ?? []), said])
    }
    for (const name of this.acknowledged) {
      const there = found.get(name) ?? []
      if (there.join() !== 'processed') this.#fault(`${name} was acknowledged and is [${there}]`)
    }
    for (const [name, there] of found) {
      if (there.length > 1) this.#fault(`${name} is there ${there.length} times`)
    }
    const told = await this.#ask('/query/data')
    if (told?.status !== 200 || !told.body.includes(canaryOf(this.workspace))) {
      this.#fault(`does not find its own: ${told?.status} ${told?.body.slice(0, 200)}`)
    }
  }

  async #settled() {
    for (let look = 0; ; look++) {
      const documents: PaginatedDocuments['documents'][number][] = []
      for (let page = 1; ; page++) {
        const body = { page, page_size: 200, sort_field: 'id' }
        const told = await call(this.#server(), this.workspace, '/documents/paginated', body)
        const reply = JSON.parse(told.body) as PaginatedDocuments
        documents.push(...reply.documents)
        if (!reply.pagination.has_next) break
      }
      if (documents.every(({ status }) => status === 'processed' || status === 'failed')) {
        return documents
      }
      if (look === MOST_LOOKS) {
        this.#fault('is never done with its documents')
        return documents
      }
      await sleep(200)
    }
  }

  async #keepInserting(): Promise<void> {
    for (let number = 0; !this.#stop.signal.aborted; number++) {
      const name = `report-${number}.txt`
      const text = `Harbour ${number} of ${canaryOf(this.workspace)} has Lighthouse ${number}.`
      const told = await this.#call('/documents/text', { text, file_source: name })
      if (told?.status === 200) {
        this.acknowledged.add(name)
        this.counts.inserts += 1
      }
      await sleep(150)
    }
  }

  async #keepAsking(): Promise<void> {
    for (let number = 0; !this.#stop.signal.aborted; number++) {
      const told = await this.#ask(number % 2 === 0 ? '/query/data' : '/query')
      if (told?.status === 200) this.counts.answers += 1
      await sleep(30)
    }
  }

  async #ask(path: string): Promise<Told | undefined> {
    const told = await this.#call(path, { query: 'Which Harbour has Lighthouse 0?', mode: 'naive' })
    const foreign = this.#others.find((word) => told?.body.includes(word))
    if (foreign !== undefined) this.#fault(`was told ${foreign}`)
    return told
  }

  /** Undefined where the connection broke, as with the death of the front. */
  async #call(path: string, body: object): Promise<Told | undefined> {
    const before = this.#server()
    try {
      const told = await call(before, this.workspace, path, body)
      if (told.status === 503 && told.retryAfter !== null) this.counts.refused += 1
      else if (told.status !== 200) {
        this.#fault(`${path}: ${told.status} ${told.retryAfter} ${told.body.slice(0, 200)}`)
      }
      return told
    } catch (error) {
      this.counts.broken += 1
      const isGone = before !== this.#server() || before.child.signalCode !== null
      if (!isGone && !this.#stop.signal.aborted) {
        await sleep(1000)
        if (before.child.signalCode === null) this.#fault(`${path}: ${String(error)}`)
      }
      await sleep(100)
      return undefined
    }
  }

  #fault(what: string): void {
    this.faults.push(`${this.workspace} ${what}`)
  }
}
