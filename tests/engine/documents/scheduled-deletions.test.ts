import { expect, it } from 'vitest'
import type { Store } from '../../../src/engine/ports/store.ts'
import { openEngine } from '../open-engine.ts'
import { withParts } from '../with-parts.ts'

/** Holds whoever passes, until it is opened. */
class Gate {
  readonly reached: Promise<void>
  readonly #passed: Promise<void>
  #reach = () => {}
  #open = () => {}

  constructor() {
    this.reached = new Promise((resolve) => {
      this.#reach = resolve
    })
    this.#passed = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  pass(): Promise<void> {
    this.#reach()
    return this.#passed
  }

  open(): void {
    this.#open()
  }
}

it('a text that comes again while its deletion is under way is not deleted a second time', async () => {
  const gates = { promise: new Gate(), early: new Gate(), late: new Gate() }
  let armed = false
  const around = (store: Store): Store =>
    withParts(store, {
      queue: {
        ...store.queue,
        scheduleDeletion: async (...promise) => {
          const taken = await store.queue.scheduleDeletion(...promise)
          await gates.promise.pass()
          return taken
        },
      },
      graph: {
        ...store.graph,
        apply: async (...change) => {
          if (armed) await gates.early.pass()
          return store.graph.apply(...change)
        },
      },
    })
  const engine = await openEngine(
    {},
    {},
    {
      around,
      background: async (job) => {
        if (armed) await gates.late.pass()
        return job()
      },
    },
  )
  const note = { texts: ['Doctor Livingstone met Stanley.'], file_sources: ['note.txt'] }
  await engine.insert(note)
  const [known] = (await engine.rag.listDocuments({})).documents
  armed = true

  const promised = engine.rag.deleteDocuments({ doc_ids: [known?.id ?? ''] })
  await gates.promise.reached
  // It finds the deletion scheduled, and has it done before it takes the place.
  const again = engine.rag.insertTexts(note)
  await gates.early.reached
  // The pipeline lists what was scheduled while that is not done yet, and waits for its turn.
  gates.promise.open()
  await promised
  await gates.late.reached
  gates.early.open()
  const { status, track_id } = await again
  expect(status).toBe('success')
  gates.late.open()
  await engine.rag.idle()

  const { documents } = await engine.rag.trackStatus(track_id)
  expect(documents).toMatchObject([{ file_path: 'note.txt', status: 'processed' }])
  await engine.close()
})
