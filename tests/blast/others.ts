import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { type BlastUser, OTHERS } from './blast-server.ts'
import { Caller } from './caller.ts'
import { TextMaker } from './made-text.ts'
import { Tally } from './tally.ts'

/** Of one caller, from one request to the next. */
const INTERVAL_MS = 500
const SEED_DOCUMENTS = 3
const MODES = ['mix', 'naive', 'local'] as const

export interface OthersReport {
  readonly requests: number
  readonly failures: readonly [string, number][]
  readonly failed: number
  /** Milliseconds from when a request was due to the end of its answer. */
  readonly p50: number
  readonly p99: number
}

/** Gives every other workspace documents of its own. */
export async function seedOthers(url: string): Promise<void> {
  const { signal } = new AbortController()
  await Promise.all(
    OTHERS.map(async (user, i) => {
      const texts = new TextMaker(i)
      const caller = new Caller(
        { url, headers: headersOf(user), username: user.username, inputs: '' },
        signal,
      )
      const list = Array.from({ length: SEED_DOCUMENTS }, () => texts.text(12))
      const names = list.map((_, n) => `seed-${n}.txt`)
      await caller.land('/documents/texts', { texts: list, file_sources: names })
      await caller.close()
    }),
  )
}

/** The twenty who ask and insert at an even pace, whatever they get. */
export class Others {
  readonly #agent = new Agent({ connections: 64 })
  readonly #url: string
  readonly #patienceMs: number
  readonly #failures = new Tally()
  readonly #times: number[] = []
  #failed = 0
  readonly #running = new Set<Promise<void>>()

  /** @param patienceMs who got no answer by then was failed */
  constructor(url: string, patienceMs: number) {
    this.#url = url
    this.#patienceMs = patienceMs
  }

  /** Each sends a request whenever one is due; resolves when all have their answers. */
  async run(seconds: number): Promise<OthersReport> {
    const start = performance.now()
    await Promise.all(OTHERS.map((user, i) => this.#pace(user, i, start, seconds)))
    await Promise.all(this.#running)
    await this.#agent.destroy()
    const times = this.#times.sort((one, other) => one - other)
    const at = (share: number) => times[Math.ceil(times.length * share) - 1] ?? 0
    return {
      requests: times.length,
      failures: this.#failures.entries(),
      failed: this.#failed,
      p50: at(0.5),
      p99: at(0.99),
    }
  }

  async #pace(user: BlastUser, number: number, start: number, seconds: number): Promise<void> {
    const maker = new TextMaker(1000 + number)
    let due = start + (number * INTERVAL_MS) / OTHERS.length
    for (let turn = 0; due < start + seconds * 1000; turn++) {
      await sleep(Math.max(0, due - performance.now()))
      const sent = this.#send(user, turn + number, maker, due)
      this.#running.add(sent)
      void sent.then(() => this.#running.delete(sent))
      due += INTERVAL_MS
    }
  }

  async #send(user: BlastUser, turn: number, maker: TextMaker, due: number): Promise<void> {
    const [path, body] = requestOf(turn, maker)
    const status = await this.#ask(user, path, body)
    this.#times.push(performance.now() - due)
    if (status === 200) return
    this.#failed += 1
    this.#failures.add(status)
  }

  async #ask(user: BlastUser, path: string, body: object): Promise<number | string> {
    try {
      const { statusCode, body: answer } = await request(`${this.#url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headersOf(user) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#patienceMs),
        dispatcher: this.#agent,
      })
      await answer.dump({ limit: 10_000_000 })
      return statusCode
    } catch (error) {
      const { name, code } = error as { name?: string; code?: string | number }
      return typeof code === 'string' ? code : (name ?? String(error))
    }
  }
}

/** Of ten requests one inserts. */
function requestOf(turn: number, maker: TextMaker): [path: string, body: object] {
  if (turn % 10 === 9) {
    const file = `${maker.random.letters(12)}.txt`
    return ['/documents/text', { text: maker.text(4), file_source: file }]
  }
  return ['/query/data', { query: maker.question(), mode: MODES[turn % MODES.length], top_k: 10 }]
}

export function headersOf({ key }: BlastUser): Readonly<Record<string, string>> {
  return { 'x-api-key': key }
}
