/** Runs asynchronous sections one after another, in the order in which they were asked for. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(section: () => Promise<T>): Promise<T> {
    const result = this.#last.then(section, section)
    this.#last = result.catch(() => undefined)
    return result
  }
}
