import type { Rag } from '../engine/rag.ts'
import { ControlError } from './control-error.ts'
import type { KbPlace } from './kb-places.ts'

type Kind = 'entities' | 'relations'

/** Keeps the graph of each knowledge base within its bounds on entities and relations. */
export class GraphRoom {
  /** Additions that are under way, by knowledge base and kind. */
  readonly #pending = new Map<string, number>()

  /** @throws {ControlError} `quota_exceeded` when the graph is full */
  async check(place: KbPlace, rag: Pick<Rag, 'status'>): Promise<void> {
    if (boundOf(place, 'entities') === null && boundOf(place, 'relations') === null) return
    const { counts } = await rag.status()
    for (const kind of ['entities', 'relations'] as const) {
      assertRoom(place, kind, counts[kind], 1)
    }
  }

  /**
   * Adds one item. What is under way counts as if it were there.
   *
   * @throws {ControlError} `quota_exceeded`
   */
  async hold<R>(
    place: KbPlace,
    method: 'entityCreate' | 'relationCreate',
    rag: Pick<Rag, 'status'>,
    add: () => R,
  ): Promise<Awaited<R>> {
    const kind = method === 'entityCreate' ? 'entities' : 'relations'
    const key = `${place.kbId}\0${kind}`
    const pending = (this.#pending.get(key) ?? 0) + 1
    this.#pending.set(key, pending)
    try {
      if (boundOf(place, kind) !== null) {
        const { counts } = await rag.status()
        assertRoom(place, kind, counts[kind], pending)
      }
      return await add()
    } finally {
      const left = (this.#pending.get(key) ?? 1) - 1
      if (left > 0) this.#pending.set(key, left)
      else this.#pending.delete(key)
    }
  }
}

function boundOf({ quota }: KbPlace, kind: Kind): number | null {
  return kind === 'entities' ? quota.max_entities_per_kb : quota.max_relationships_per_kb
}

function assertRoom(place: KbPlace, kind: Kind, there: number, more: number): void {
  const limit = boundOf(place, kind)
  if (limit === null || there + more <= limit) return
  throw new ControlError('quota_exceeded', `This knowledge base may have ${limit} ${kind}`, {
    details: {
      quota: kind === 'entities' ? 'max_entities_per_kb' : 'max_relationships_per_kb',
      limit,
      used: there,
    },
  })
}
