import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ControlError } from '../core/control-error.ts'

const Price = Type.Object(
  {
    /** For 1000 tokens, in whatever unit credit is counted. */
    prompt: Type.Number({ minimum: 0 }),
    completion: Type.Optional(Type.Number({ minimum: 0 })),
  },
  { additionalProperties: false },
)
const Prices = Type.Record(Type.String(), Price)

/** What models cost, by their ids; `*` stands for all others. */
export type Prices = Static<typeof Prices>

const check = Compile(Prices)

/** @throws {ControlError} `invalid_input` */
export function readPrices(text: string): Prices {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (check.Check(value)) return value
  throw new ControlError(
    'invalid_input',
    'Prices are JSON such as {"gpt-4o-mini": {"prompt": 0.00015, "completion": 0.0006}}',
  )
}

export function costOf(
  prices: Prices,
  call: {
    readonly model: string
    readonly promptTokens: number
    readonly completionTokens: number
  },
): number {
  // What answers is known by where it is asked, too, as in `openai:gpt-4o-mini`.
  const plain = call.model.slice(call.model.indexOf(':') + 1)
  const price = prices[call.model] ?? prices[plain] ?? prices['*']
  if (price === undefined) return 0
  return (call.promptTokens * price.prompt + call.completionTokens * (price.completion ?? 0)) / 1000
}
