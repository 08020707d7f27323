import { changedBody, type Fault } from '../fixtures/model-server/fault.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'
import type { SeededRandom } from '../isolation/soak/random.ts'
import { canaryIn, type FatedDocument } from './fated-document.ts'

export interface Unsteadiness {
  /** Share of the calls about sound documents that meet a fault of the moment. */
  readonly faults: number
  /** With each so many calls an outage begins. */
  readonly outageEvery: number
  /** How long an outage lasts, in milliseconds. */
  readonly outageMs: number
}

const PASSING: readonly [Fault, ...Fault[]] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 429, retryAfter: '1' },
  { kind: 'status', status: 429, retryAfter: '9999999999' },
  { kind: 'truncated' },
  { kind: 'garbage' },
  { kind: 'close' },
  { kind: 'stall' },
]

/** Vectors in another order, each with its right index: valid, and a trap for who counts. */
const SHUFFLED = changedBody(({ data, ...rest }: { data: unknown[] }) => ({
  ...rest,
  data: [...data].reverse(),
}))
const NO_CHOICES = changedBody((body: object) => ({ ...body, choices: [] }))
const NO_NUMBERS = changedBody(({ data, ...rest }: { data: { embedding: unknown }[] }) => ({
  ...rest,
  data: data.map((item) => ({ ...item, embedding: ['NaN'] })),
}))
const REFUSED: Fault = { kind: 'status', status: 400, message: 'this input cannot be taken' }
const FAILED: Fault = { kind: 'status', status: 500, message: 'this input cannot be processed' }

/** What each call meets: what its documents are fated to, an outage, or a fault of the moment. */
export function unsteadyModels(
  documents: readonly FatedDocument[],
  random: SeededRandom,
  { faults, outageEvery, outageMs }: Unsteadiness,
): { faultOf(call: RecordedCall): Fault | null; outages(): number; settle(): void } {
  const byCanary = new Map(documents.map((document) => [document.canary, document]))
  let outUntil = 0
  let begun = 0
  let calls = 0
  let steady = false
  const fateOf = (call: RecordedCall): Fault | null => {
    const texts = call.kind === 'chat' ? call.messages.map(({ content }) => content) : call.texts
    for (const text of texts) {
      const document = byCanary.get(canaryIn(text) ?? '')
      // Summaries and items speak of a document, too: only its own text is fated.
      const fated = document && text.includes(document.text) ? faultOfFate(document, call) : null
      if (fated) return fated
    }
    return null
  }
  return {
    outages: () => begun,
    /** From here on, only fates are left. */
    settle: () => {
      steady = true
    },
    faultOf(call) {
      if (steady) return fateOf(call)
      calls++
      if (calls % outageEvery === 0) {
        outUntil = performance.now() + outageMs
        begun++
      }
      if (performance.now() < outUntil) return { kind: 'status', status: 503 }
      const fated = fateOf(call)
      if (fated) return fated
      if (call.kind === 'embed' && random.chance(0.3)) return SHUFFLED
      return random.chance(faults) ? random.pick(PASSING) : null
    },
  }
}

function faultOfFate({ fate }: FatedDocument, { kind }: RecordedCall): Fault | null {
  if (kind === 'embed') {
    if (fate === 'unembeddable') return REFUSED
    return fate === 'vectorless' ? NO_NUMBERS : null
  }
  switch (fate) {
    case 'refused':
      return REFUSED
    case 'failing':
      return FAILED
    case 'empty':
      return NO_CHOICES
    case 'unreadable':
      return { kind: 'garbage' }
    case 'hanging':
      return { kind: 'stall' }
    default:
      return null
  }
}
