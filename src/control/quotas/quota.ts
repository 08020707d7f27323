import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { ControlError } from '../core/control-error.ts'
import { objectIn } from '../database/json-column.ts'

/** Most of something that is counted, stored or paid. */
export const LARGEST_SUM = Number.MAX_SAFE_INTEGER
const Sum = Type.Union([Type.Number({ minimum: 0, maximum: LARGEST_SUM }), Type.Null()])

const bound = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer({ minimum: 0, maximum: LARGEST_SUM }), Type.Null()], { description }),
  )

/** What of its bounds a tenant's record says; the rest are the server's. */
export const QuotaChange = Type.Object(
  {
    max_documents: bound('Of all knowledge bases together; null = no bound.'),
    max_storage_gb: Type.Optional(Sum),
    max_concurrent_queries: bound('Running at once, open streams included.'),
    max_monthly_api_calls: bound('In a month of UTC.'),
    max_kb_per_tenant: bound('Knowledge bases.'),
    max_entities_per_kb: bound('Entities of one knowledge base.'),
    max_relationships_per_kb: bound('Relations of one knowledge base.'),
    max_monthly_cost: Type.Optional(Sum),
    max_cpu_seconds_per_hour: bound('Of the processor, in the last 60 minutes; null = no bound.'),
  },
  { additionalProperties: false },
)
export type QuotaChange = Static<typeof QuotaChange>

/** Every bound; null = none. */
export type Quota = { readonly [K in keyof QuotaChange]-?: number | null }

export const DEFAULT_QUOTA: Quota = Object.freeze({
  max_documents: 10_000,
  max_storage_gb: 100,
  max_concurrent_queries: 10,
  max_monthly_api_calls: 100_000,
  max_kb_per_tenant: 50,
  max_entities_per_kb: 100_000,
  max_relationships_per_kb: 500_000,
  max_monthly_cost: null,
  max_cpu_seconds_per_hour: null,
})

const check = Compile(QuotaChange)

/** @throws {ControlError} `invalid_input` */
export function checkedQuota(value: unknown): QuotaChange {
  if (check.Check(value)) return value
  throw new ControlError('invalid_input', 'A quota has whole numbers of at least 0, or null')
}

/** What holds for a tenant: its own record, then the defaults of the server. */
export function quotaOf(column: string, defaults: Quota = DEFAULT_QUOTA): Quota {
  const own = objectIn(column)
  return check.Check(own) ? { ...defaults, ...own } : defaults
}
