import type { Canaries } from './canaries.ts'
import type { SoakAnswer, SoakCall, SoakClient } from './client.ts'
import { changeDocuments, listing } from './documents.ts'
import { editGraph, graphRead } from './graph.ts'
import { HOST_SUFFIX, intrusion } from './intrusions.ts'
import type { Operation } from './operation.ts'
import { about, chat, question } from './questions.ts'
import type { SeededRandom } from './random.ts'
import type { Space } from './space.ts'

/** With so many, the run has shown enough. */
const MOST_FAULTS = 10

type Choice = (space: Space, random: SeededRandom, callers: Callers) => Operation

/** What callers do, as often as the weights say. */
const CHOICES: readonly (readonly [weight: number, choice: Choice])[] = [
  [14, question],
  [24, listing],
  [20, graphRead],
  [10, editGraph],
  [8, (space, random, { canaries }) => changeDocuments(space, random, canaries)],
  [19, (space, random, callers) => intrusion(space, callers.another(space, random), random)],
  [3, chat],
  [2, about],
]
const WEIGHTS = CHOICES.reduce((sum, [weight]) => sum + weight, 0)

/** Makes the calls of all workspaces' owners, and searches whatever comes back. */
export class Callers {
  readonly canaries: Canaries
  readonly counts = new Map<string, number>()
  readonly faults: string[] = []
  operations = 0
  refusals = 0
  busy = 0
  readonly #client: SoakClient
  readonly #spaces: readonly Space[]

  constructor(client: SoakClient, spaces: readonly Space[], canaries: Canaries) {
    this.#client = client
    this.#spaces = spaces
    this.canaries = canaries
  }

  get failed(): boolean {
    return this.faults.length >= MOST_FAULTS
  }

  another(space: Space, random: SeededRandom): Space {
    const step = 1 + random.below(this.#spaces.length - 1)
    return this.#spaces[(space.number + step) % this.#spaces.length] ?? space
  }

  /** Something of what the owner of a workspace may do, or may not. */
  async act(space: Space, random: SeededRandom): Promise<void> {
    let left = random.below(WEIGHTS)
    for (const [weight, choice] of CHOICES) {
      left -= weight
      if (left < 0) {
        await this.perform(space, choice(space, random, this), random)
        return
      }
    }
  }

  /** Makes the call; false when the server had no room for it. */
  async perform(space: Space, operation: Operation, random: SeededRandom): Promise<boolean> {
    const { kind, call, leaving, intrudes } = operation
    this.operations += 1
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    const headers = call.headers ?? credentials(space, random)
    const answer = await this.#ask(kind, space, { ...call, headers }, leaving)
    if (answer === undefined || answer.status === undefined) return true
    this.search(kind, answer, [space.number], intrudes === true)
    if (answer.status === 503 && answer.headers['retry-after'] !== undefined) {
      this.busy += 1
      operation.undo?.()
      return false
    }
    this.#judge(operation, space, answer)
    return true
  }

  async #ask(kind: string, space: Space, call: SoakCall, leaving: Operation['leaving']) {
    try {
      return await this.#client.call(call, leaving)
    } catch (error) {
      this.fault(`${kind} of workspace ${space.number} got no answer: ${error}`)
      return undefined
    }
  }

  /** Nothing that belongs to others may stand anywhere in an answer. */
  search(kind: string, answer: SoakAnswer, own: readonly number[], intrudes: boolean): void {
    const read = `${JSON.stringify(answer.headers)}\n${answer.text}`
    const found = this.canaries.foreignIn(read, own, intrudes ? answer.sent : '')
    if (found.length === 0) return
    this.fault(`${kind} of workspace ${own} held ${[...new Set(found)].join(', ')}`)
  }

  #judge({ kind, statuses, leaving, heed }: Operation, space: Space, answer: SoakAnswer): void {
    const { status, text } = answer
    const told = (what: string) =>
      this.fault(`${kind} of workspace ${space.number} ${what}\n  ${answer.sent.slice(0, 300)}`)
    if (status === undefined || !(statuses ?? [200]).includes(status)) {
      told(`got ${status}: ${text.slice(0, 300)}`)
      return
    }
    if (status >= 400) this.refusals += 1
    if (leaving !== undefined) return
    try {
      const wrong = heed?.(text)
      if (wrong !== undefined) told(`${wrong}: ${text.slice(0, 300)}`)
    } catch (error) {
      told(`could not be read (${error}): ${text.slice(0, 300)}`)
    }
  }

  fault(sentence: string): void {
    if (!this.failed) this.faults.push(sentence)
  }
}

/** One of the ways in which an owner shows who they are, and perhaps says which workspace they mean. */
function credentials(space: Space, random: SeededRandom): Readonly<Record<string, string>> {
  const { key, token, workspace } = space
  const shown = [
    { 'x-api-key': key },
    { authorization: `Bearer ${key}` },
    { authorization: `Bearer ${token ?? key}` },
  ] as const
  const chosen = [
    {},
    {},
    {},
    { 'lightrag-workspace': workspace },
    { 'x-tenant-id': workspace },
    { host: `${workspace}.${HOST_SUFFIX}` },
  ] as const
  return { ...random.pick(shown), ...random.pick(chosen) }
}
