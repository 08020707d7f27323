import { expect, it } from 'vitest'
import type { Store } from '../../../src/engine/ports/store.ts'
import { openEngine } from '../open-engine.ts'

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
    Object.assign(Object.create(store), bound(store), {
      promiseDeletion: async (...promise: Parameters<Store['promiseDeletion']>) => {
        const taken = await store.promiseDeletion(...promise)
        await gates.promise.pass()
        return taken
      },
      apply: async (...change: Parameters<Store['apply']>) => {
        if (armed) await gates.early.pass()
        return store.apply(...change)
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
  // It finds the deletion promised, and has it done before it takes the place.
  const again = engine.rag.insertTexts(note)
  await gates.early.reached
  // The pipeline lists what was promised while that is not done yet, and waits for its turn.
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

/** The methods of a store, for an object of another class. */
function bound(store: Store): Partial<Store> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(store))
  return Object.fromEntries(
    names.flatMap((name) => {
      const member: unknown = Reflect.get(store, name)
      return typeof member === 'function' ? [[name, member.bind(store)]] : []
    }),
  )
}
