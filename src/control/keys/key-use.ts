import type { ControlCore } from '../core/control-core.ts'

const FLUSH_MS = 5000
const GRAIN_MS = 60_000

/** Notes when keys were last used, to the minute; what the last seconds brought may be lost. */
export class KeyUse {
  readonly #core: ControlCore
  readonly #noted = new Map<string, number>()
  readonly #waiting = new Map<string, number>()
  readonly #onError: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined

  constructor(core: ControlCore, onError: (error: unknown) => void) {
    this.#core = core
    this.#onError = onError
  }

  used(keyId: string): void {
    const now = this.#core.now()
    if (now - (this.#noted.get(keyId) ?? 0) < GRAIN_MS) return
    this.#noted.set(keyId, now)
    this.#waiting.set(keyId, now)
    this.#timer ??= setTimeout(() => this.flush().catch(this.#onError), FLUSH_MS).unref()
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const uses = [...this.#waiting]
    this.#waiting.clear()
    for (const [id, at] of this.#noted) {
      if (this.#core.now() - at >= GRAIN_MS) this.#noted.delete(id)
    }
    if (uses.length === 0) return
    await this.#core.mutate(async ({ tx }) => {
      for (const [keyId, at] of uses) {
        await tx
          .updateTable('api_keys')
          .set({ last_used_at: at })
          .where('key_id', '=', keyId)
          .execute()
      }
    })
  }
}
