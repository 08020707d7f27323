/** Something about a model that whoever runs the server should know, though the work goes on. */
export interface ModelNotice {
  /** Its id. */
  readonly model: string
  /** A sentence, with advice where there is any; holds no host, no key and nothing of a request. */
  readonly message: string
}

/** Where notices go. It must not throw. */
export interface NoticeSink {
  readonly onNotice?: ((notice: ModelNotice) => void) | undefined
}

/** In milliseconds. */
const AGAIN_AFTER = 3_600_000
/** Different notices that are remembered. */
const MOST = 1000

/** Passes each notice on once an hour: what is wrong with a model is wrong with every call. */
export function onceAnHour(
  pass: (notice: ModelNotice) => void,
  now: () => number = Date.now,
): (notice: ModelNotice) => void {
  const saidAt = new Map<string, number>()
  return (notice) => {
    const key = JSON.stringify([notice.model, notice.message])
    const before = saidAt.get(key)
    if (before !== undefined && now() - before < AGAIN_AFTER) return
    saidAt.delete(key)
    saidAt.set(key, now())
    const [oldest] = saidAt.keys()
    if (saidAt.size > MOST && oldest !== undefined) saidAt.delete(oldest)
    pass(notice)
  }
}
