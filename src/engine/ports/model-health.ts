import { timerMs } from '../work/timer-ms.ts'
import { ModelUnavailable } from './engine-error.ts'

/** A small call that tells whether a model answers anybody at all; rejects when it does not. */
export type Probe = (signal: AbortSignal) => Promise<unknown>

/**
 * Whose fault a failed call is. `model`: it answers nobody now. Else it is the input's, since a small
 * call was answered after it: `likely` when others of the real kind were answered lately as well,
 * `possible` when that small one is all that speaks against the input.
 */
export type Verdict = 'model' | 'likely' | 'possible'

/** Between probes, in milliseconds: doubled up to the longest, whatever a provider asks for. */
export interface ProbePauses {
  readonly firstMs: number
  readonly longestMs: number
}

const PAUSES: ProbePauses = { firstMs: 1_000, longestMs: 60_000 }
/** A probe that takes longer is no answer. */
const PROBE_MS = 20_000
/** How long ago an answer may be to say that the model copes with inputs of the real kind. */
const LATELY_MS = 600_000

interface Outage {
  /** Why the model is taken to be out. */
  readonly failure: ModelUnavailable
  /** When it began, in milliseconds since 1970. */
  readonly since: number
  pauseMs: number
  probedAt: number
  /** When it is probed next, of `performance.now()`, as the other. */
  probeAt: number
}

/**
 * What is known of whether one model answers, from the calls of all who share it.
 *
 * While it is out nobody asks it for anything real: those who wait share one probe, made after pauses
 * that grow. Any answer, such as that to a question, ends the outage at once.
 */
export class ModelHealth {
  readonly #pauses: ProbePauses
  #outage: Outage | null = null
  /** Of the outages since the last answer. */
  #lastPauseMs = 0
  #answeredAt = Number.NEGATIVE_INFINITY
  #checking: Promise<ModelUnavailable | null> | null = null
  /** Told when the outage may be over, or its next probe is due sooner. */
  readonly #waiting = new Set<() => void>()

  constructor(pauses: ProbePauses = PAUSES) {
    this.#pauses = pauses
  }

  /** Why the model is out, or null. */
  get outage(): ModelUnavailable | null {
    return this.#outage?.failure ?? null
  }

  /** When the outage began, in milliseconds since 1970; null while the model answers. */
  get outSince(): number | null {
    return this.#outage?.since ?? null
  }

  /** Notes that a real call was answered. */
  answered(): void {
    this.#answeredAt = performance.now()
    this.#lastPauseMs = 0
    this.#end()
  }

  /**
   * Decides whose fault a failed call is, by a probe that is made after it. Without a probe the model
   * is blamed.
   *
   * @param failure what an outage shall be told with
   * @throws the reason of `signal` when it fires meanwhile
   */
  async judge(
    failure: ModelUnavailable,
    probe: Probe | null,
    signal: AbortSignal | undefined,
  ): Promise<Verdict> {
    if (this.#outage !== null) return 'model'
    const failed = probe === null ? failure : await within(this.#check(probe), signal)
    if (failed === null) {
      return performance.now() - this.#answeredAt < LATELY_MS ? 'likely' : 'possible'
    }
    this.#begin(failure)
    return 'model'
  }

  /**
   * Resolves when the model is no longer out; without a probe, when its time is over.
   *
   * @throws the reason of `signal`
   */
  async back(probe: Probe | null, signal: AbortSignal): Promise<void> {
    while (this.#outage !== null) {
      const outage = this.#outage
      await this.#wait(outage.probeAt - performance.now(), signal)
      if (this.#outage !== outage || performance.now() < outage.probeAt) continue
      if (probe === null) this.#end()
      else await within(this.#check(probe), signal)
    }
  }

  /** Has the model probed soon: somebody sent something new, or asked for another try. */
  hurry(): void {
    if (this.#outage === null) return
    this.#outage.probeAt = Math.min(
      this.#outage.probeAt,
      this.#outage.probedAt + this.#pauses.firstMs,
    )
    this.#tell()
  }

  /** One probe for all who want to know. Resolves to what it failed with, or null. */
  #check(probe: Probe): Promise<ModelUnavailable | null> {
    this.#checking ??= this.#probe(probe).finally(() => {
      this.#checking = null
    })
    return this.#checking
  }

  async #probe(probe: Probe): Promise<ModelUnavailable | null> {
    const failed = await probe(AbortSignal.timeout(PROBE_MS)).then(
      () => null,
      (error: unknown) => asOutage(error),
    )
    const outage = this.#outage
    if (failed === null) {
      this.#lastPauseMs = 0
      this.#end()
    } else if (outage !== null) {
      outage.pauseMs = timerMs(outage.pauseMs * 2, this.#pauses.longestMs)
      this.#postpone(outage, failed)
    }
    return failed
  }

  #begin(failure: ModelUnavailable): void {
    if (this.#outage !== null) return
    // Without a probe one outage ends and the next begins, as long as the model is out.
    const pauseMs = timerMs(
      Math.max(this.#pauses.firstMs, this.#lastPauseMs * 2),
      this.#pauses.longestMs,
    )
    this.#outage = { failure, since: Date.now(), pauseMs, probedAt: 0, probeAt: 0 }
    this.#postpone(this.#outage, failure)
  }

  #postpone(outage: Outage, { retryAfterSeconds = 0 }: ModelUnavailable): void {
    outage.probedAt = performance.now()
    this.#lastPauseMs = outage.pauseMs
    const pauseMs = Math.max(
      outage.pauseMs,
      timerMs(retryAfterSeconds * 1000, this.#pauses.longestMs),
    )
    outage.probeAt = outage.probedAt + pauseMs
  }

  #end(): void {
    if (this.#outage === null) return
    this.#outage = null
    this.#tell()
  }

  #tell(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  /** Resolves after so long, or when there is something new. */
  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, timerMs(ms, this.#pauses.longestMs)).unref()
      signal.addEventListener('abort', wake, { once: true })
      this.#waiting.add(wake)
    })
    signal.throwIfAborted()
  }
}

/** A failed call as an outage tells it. */
export function asOutage(error: unknown): ModelUnavailable {
  if (error instanceof ModelUnavailable) return error
  const message = error instanceof Error ? error.message : 'The model did not answer'
  return new ModelUnavailable(message, { cause: error })
}

/** Settles like `work`, or rejects with the signal's reason; `work` goes on for the others. */
async function within<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  signal.throwIfAborted()
  let leave = () => {}
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason)
    signal.addEventListener('abort', leave, { once: true })
  })
  try {
    return await Promise.race([work, left])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
