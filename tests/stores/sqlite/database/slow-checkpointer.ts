import type { CheckpointMode } from '../../../../src/stores/sqlite/database/checkpoint-thread.ts'
import type { Checkpointer } from '../../../../src/stores/sqlite/database/checkpointer.ts'

/** Makes no checkpoints; each ends when one wants it to. */
export class SlowCheckpointer implements Checkpointer {
  readonly isReady = true
  readonly asked: CheckpointMode[] = []
  readonly #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []

  checkpoint(_database: string, mode: CheckpointMode): Promise<void> {
    this.asked.push(mode)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  end(error?: Error): void {
    const running = this.#waiting.shift()
    if (error) running?.reject(error)
    else running?.resolve()
  }
}
