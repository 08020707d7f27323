import type { DocStatusResponse } from '../documents/document-calls.ts'
import type { DocumentQueue } from '../ports/document-queue.ts'
import { comeBack } from '../work/announced-work.ts'
import type { Step, WorkInHand } from './work-watch.ts'

const TOLD_EVERY_MS = 500

/** Of the chunks of a step. */
export interface Progressed {
  readonly step: Step
  readonly done: number
  readonly total: number
}

/** How far the work on one document has come. */
export class DocumentProgress {
  readonly #note: (step: Step) => Promise<void>
  readonly #hand: WorkInHand
  readonly #onChange: (now: Progressed) => void
  #told = Number.NEGATIVE_INFINITY
  #step: Step = 'read'
  #done = 0
  #total = 0
  #tokens: number | null = null
  #readerCpuMs: number | undefined

  /**
   * @param note makes durable which step begins
   * @param onChange told how far it has come
   */
  constructor(
    hand: WorkInHand,
    note: (step: Step) => Promise<void>,
    onChange: (now: Progressed) => void = () => undefined,
  ) {
    this.#hand = hand
    this.#note = note
    this.#onChange = onChange
  }

  /**
   * Call this before the work of a step.
   *
   * @param total what there is to do in it: chunks; one where it is not divided
   */
  async begin(step: Step, total = 1): Promise<void> {
    this.#step = step
    this.#done = 0
    this.#total = total
    this.#hand.step(step)
    this.#tell(true)
    await comeBack(this.#note(step))
  }

  /** Notes how long the text is, once it is cut. */
  measured(tokens: number): void {
    this.#tokens = tokens
  }

  /** Notes what a try at reading its file took of the processor, in milliseconds. */
  readonly readerTook = (ms: number): void => {
    this.#readerCpuMs = (this.#readerCpuMs ?? 0) + ms
  }

  /** What all tries took; undefined of what is no file. */
  get readerCpuMs(): number | undefined {
    return this.#readerCpuMs
  }

  readonly advance = (by = 1): void => {
    this.#done = Math.min(this.#total, this.#done + by)
    this.#tell()
  }

  /** At each step, and within one as often as somebody can look. */
  #tell(isStep = false): void {
    const now = performance.now()
    if (!isStep && now - this.#told < TOLD_EVERY_MS) return
    this.#told = now
    this.#onChange({ step: this.#step, done: this.#done, total: this.#total })
  }

  get now() {
    return { step: this.#step, done: this.#done, total: this.#total, tokens: this.#tokens }
  }
}

/** The same documents, those that are not done yet with how far they have come. */
export async function showProgress(
  queue: Pick<DocumentQueue, 'positions'>,
  inWork: ReadonlyMap<string, DocumentProgress>,
  documents: readonly DocStatusResponse[],
): Promise<DocStatusResponse[]> {
  const pending = documents.flatMap(({ id, status }) => (status === 'pending' ? id : []))
  const positions = pending.length > 0 ? await queue.positions(pending) : new Map()
  return documents.map((document) => {
    const { id, status, metadata } = document
    if (status !== 'pending' && status !== 'processing') return document
    const now = status === 'processing' ? inWork.get(id)?.now : undefined
    return {
      ...document,
      progress: {
        step: now?.step ?? null,
        done: now?.done ?? 0,
        total: now?.total ?? null,
        attempts: Number(metadata?.attempts ?? 0),
        next_retry_at: textOrNull(metadata?.next_attempt_at),
        queue_position: positions.get(id) ?? null,
        tokens: now?.tokens ?? null,
      },
    }
  })
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
