import { announce, announced } from './announced-work.ts'

/** Runs asynchronous sections one after another, in the order in which they were asked for. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(section: () => Promise<T>): Promise<T> {
    const work = announced()
    const inTurn = () => {
      announce(work)
      return section()
    }
    const result = this.#last.then(inTurn, inTurn)
    this.#last = result.catch(() => undefined)
    return result
  }
}
