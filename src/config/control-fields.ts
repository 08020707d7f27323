import { ControlError } from '../control/core/control-error.ts'
import { readPrices } from '../control/quotas/prices.ts'
import { checkedQuota } from '../control/quotas/quota.ts'
import { decimal, flag, list, text } from './env-fields.ts'

/** The variables of a server that keeps tenants of its own. */
export const CONTROL_FIELDS = {
  ENABLE_MULTI_TENANTS: flag(
    false,
    'Whether tenants, users and keys are kept in `_control/control.db`, beside a users file.',
  ),
  LIGHTRAG_MULTI_TENANT: text(undefined, 'Another name of ENABLE_MULTI_TENANTS.'),
  LIGHTRAG_MULTI_TENANT_STRICT: flag(
    true,
    'Whether who belongs to several tenants has to name one in every request.',
  ),
  LIGHTRAG_REQUIRE_USER_AUTH: flag(true, 'Cannot be switched off with several tenants.'),
  LIGHTRAG_SUPER_ADMIN_USERS: list([], 'Users of the control database who are super admins.'),
  TENANT_SELF_SERVICE: flag(false, 'Whether every user may create tenants.'),
  TENANT_TRASH_DAYS: decimal(
    30,
    { min: 0, max: 3650 },
    'How long a deleted tenant or knowledge base can be restored.',
  ),
  TENANT_DEFAULT_QUOTA: text(
    undefined,
    'Bounds of tenants that have none of their own, as JSON: `{"max_documents": 5000}`.',
  ),
  MODEL_PRICES: text(
    undefined,
    'Cost of 1000 tokens by model, as JSON: `{"gpt-4o-mini": {"prompt": 0.15, "completion": 0.6}}`.',
  ),
  CONTROL_SECRETS_KEY: text(
    undefined,
    'Encrypts provider keys of tenants; at least 32 bytes. Unset: generated in the storage folder.',
  ),
  SMTP_URL: text(
    undefined,
    'Mail server for invitations: `smtps://name:password@mail.example.com`.',
  ),
  SMTP_FROM: text(undefined, 'Sender of invitations; required beside SMTP_URL.'),
  PUBLIC_URL: text(undefined, 'Address of this server in links of invitations.'),
} as const

interface ControlValues {
  readonly ENABLE_MULTI_TENANTS: boolean
  readonly LIGHTRAG_MULTI_TENANT: string | undefined
  readonly LIGHTRAG_REQUIRE_USER_AUTH: boolean
  readonly TENANT_DEFAULT_QUOTA: string | undefined
  readonly MODEL_PRICES: string | undefined
  readonly CONTROL_SECRETS_KEY: string | undefined
  readonly SMTP_URL: string | undefined
  readonly SMTP_FROM: string | undefined
  readonly PUBLIC_URL: string | undefined
}

const YES = ['true', '1', 'yes', 't', 'on']

/** Whether tenants are on, by either name of the variable. */
export function multiTenantOn(values: ControlValues): boolean {
  const other = values.LIGHTRAG_MULTI_TENANT?.toLowerCase()
  return values.ENABLE_MULTI_TENANTS || (other !== undefined && YES.includes(other))
}

export function controlProblems(
  values: ControlValues,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  const problems: string[] = []
  const on = multiTenantOn(values)
  const off = ['false', '0', 'no', 'f', 'off']
  const other = values.LIGHTRAG_MULTI_TENANT?.toLowerCase()
  if (other !== undefined && ![...YES, ...off].includes(other)) {
    problems.push('LIGHTRAG_MULTI_TENANT must be true or false')
  } else if (other !== undefined && (env.ENABLE_MULTI_TENANTS ?? '').trim() !== '') {
    if (YES.includes(other) !== values.ENABLE_MULTI_TENANTS) {
      problems.push('ENABLE_MULTI_TENANTS and LIGHTRAG_MULTI_TENANT contradict each other')
    }
  }
  if (on && !values.LIGHTRAG_REQUIRE_USER_AUTH) {
    problems.push('LIGHTRAG_REQUIRE_USER_AUTH cannot be false with several tenants')
  }
  if (values.SMTP_URL !== undefined && (!values.SMTP_FROM || !values.PUBLIC_URL)) {
    problems.push('SMTP_FROM and PUBLIC_URL are required beside SMTP_URL')
  }
  if (values.SMTP_URL !== undefined && !/^smtps?:\/\/\S+$/.test(values.SMTP_URL)) {
    problems.push('SMTP_URL must begin with smtp:// or smtps://')
  }
  const key = values.CONTROL_SECRETS_KEY
  if (key !== undefined && Buffer.byteLength(key) < 32) {
    problems.push('CONTROL_SECRETS_KEY must have at least 32 bytes')
  }
  const { TENANT_DEFAULT_QUOTA: quota, MODEL_PRICES: prices } = values
  problems.push(
    ...problemOf('TENANT_DEFAULT_QUOTA', () => quota && checkedQuota(JSON.parse(quota))),
    ...problemOf('MODEL_PRICES', () => prices && readPrices(prices)),
  )
  return problems
}

function problemOf(name: string, read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (error) {
    return [`${name}: ${error instanceof ControlError ? error.message : 'This is no JSON'}`]
  }
}
