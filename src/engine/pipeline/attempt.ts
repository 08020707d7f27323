import { EngineError, ModelUnavailable } from '../ports/engine-error.ts'
import { asOutage } from '../ports/model-health.ts'
import type { CallOptions, ModelCheck } from '../ports/models.ts'
import { timerMs } from '../work/timer-ms.ts'

/**
 * A document is tried again later: a model failed for something in it, though it answers others. Not
 * an error of anybody's; what was paid for is kept.
 */
export class TryLater extends Error {
  override readonly name = 'TryLater'
  /** What counts against the document by now. */
  readonly blame: number
  /** How much of that came with this attempt. */
  readonly weight: number

  constructor(message: string, blame: number, weight: number) {
    super(message)
    this.blame = blame
    this.weight = weight
  }
}

/** From here on a document is tried no more: what fails is left out. */
const MOST_BLAME = 10

/**
 * How much a failed call counts against its input. Where the model answered others of the kind
 * lately, three tries are enough; where only a small call speaks against the input, five; and ten
 * where the provider asked for a slower pace, as it does for inputs that are beyond its limits.
 */
const WEIGHT = { likely: 4, possible: 2, busy: 1 } as const

/** Of a wait for another attempt. */
const LONGEST_WAIT_MS = 600_000
/** Where less speaks against an input, there are more tries, further apart. */
const PACES: Readonly<Record<number, number>> = { 4: 1, 2: 2, 1: 3 }

/**
 * How long a document waits for another attempt, in milliseconds: 5 and 20 seconds at the usual pace
 * when the model answered others of the kind; 10 seconds to 3 minutes when all that speaks against
 * the input is a small call; 15 seconds to 10 minutes when the provider asked for a slower pace.
 *
 * @param blame what counts against it by now
 * @param weight how much of that came last
 * @param paceMs the first wait of those against whom most speaks
 */
export function tryAfterMs(blame: number, weight: number, paceMs: number): number {
  const tries = Math.ceil(blame / Math.max(1, weight))
  return timerMs(paceMs * (PACES[weight] ?? 1) * tries ** 2, LONGEST_WAIT_MS)
}

/** The models that a document needs. */
export type NeededModel = 'llm' | 'embedding'

/**
 * One attempt at a document, or at the deletion of one: what fails in it, and whose fault that is.
 *
 * A model that answers nobody ends the attempt, and nothing counts. Where it answers others, what
 * failed is left out of this attempt; as long as there are tries left, the attempt then ends with
 * {@link TryLater}.
 */
export class Attempt {
  readonly #checks: Readonly<Record<NeededModel, ModelCheck>>
  readonly #options: CallOptions
  readonly #before: number
  #weight = 0
  #reason = ''
  #isSlow = false

  /** @param blame what counted against the document before */
  constructor(
    checks: Readonly<Record<NeededModel, ModelCheck>>,
    options: CallOptions,
    blame: number,
  ) {
    this.#checks = checks
    this.#options = options
    this.#before = blame
  }

  /**
   * Whether the rest need not be asked for: the model has kept silent for something, which takes its
   * whole time, and the document will be tried again anyway.
   */
  get isLost(): boolean {
    return this.#isSlow && this.#isWorthAnother
  }

  /**
   * Decides what a failed call means. Returns why its input is left out.
   *
   * @throws {ModelUnavailable} when the model is to blame
   * @throws the error itself when no model is, or the attempt was ended
   */
  async leaveOut(model: NeededModel, error: unknown): Promise<string> {
    const judgement = await this.#judge(model, error)
    this.#count(judgement)
    return judgement.reason
  }

  /**
   * The same for a call about several inputs, one of which is at fault.
   *
   * @throws {TryLater} when finding out which would only take longer
   */
  async assertAnswers(model: NeededModel, error: unknown): Promise<void> {
    const judgement = await this.#judge(model, error)
    const blame = this.#before + judgement.weight
    if (!judgement.isSilence || blame >= MOST_BLAME) return
    this.#count(judgement)
    this.settle()
  }

  /** @throws {TryLater} when something was left out that is worth another try */
  settle(): void {
    if (!this.#isWorthAnother) return
    throw new TryLater(this.#reason, this.#before + this.#weight, this.#weight)
  }

  #count({ weight, reason, isSilence }: Judgement): void {
    this.#isSlow ||= isSilence
    if (weight <= this.#weight) return
    this.#weight = weight
    this.#reason = reason
  }

  get #isWorthAnother(): boolean {
    return this.#weight > 0 && this.#before + this.#weight < MOST_BLAME
  }

  async #judge(model: NeededModel, error: unknown): Promise<Judgement> {
    const { signal } = this.#options
    if (signal?.aborted || !isModelFailure(error)) throw error
    const reason = error.message
    const refused = !(error instanceof ModelUnavailable)
    // An answer came, and it was of no use; the model has had its tries.
    if (error.code === 'model_rejected' && error.details.status === undefined) {
      return { weight: 0, reason, isSilence: false }
    }
    const { health, probe } = this.#checks[model]
    const outage = asOutage(error)
    if (outage.kind === 'unreachable') throw outage
    // Without a probe a refusal is all there is to go by, unless it is one of the account.
    const isPlain = refused && probe === null && !OF_THE_ACCOUNT.has(Number(error.details.status))
    const verdict = isPlain ? 'likely' : await health.judge(outage, probe, signal)
    if (verdict === 'model') throw outage
    // What was refused once is refused the next time.
    if (refused) return { weight: 0, reason, isSilence: false }
    const weight = WEIGHT[outage.kind === 'busy' ? 'busy' : verdict]
    return { weight, reason, isSilence: outage.kind === 'silent' }
  }
}

interface Judgement {
  readonly weight: number
  readonly reason: string
  readonly isSilence: boolean
}

function isModelFailure(error: unknown): error is EngineError {
  return error instanceof EngineError && MODEL_FAILURES.has(error.code)
}

const MODEL_FAILURES: ReadonlySet<string> = new Set([
  'model_unavailable',
  'model_rejected',
  'dimension_mismatch',
])

/** A wrong key, account or model name: no input is to blame, and each would fare the same. */
const OF_THE_ACCOUNT: ReadonlySet<number> = new Set([401, 403, 404])
