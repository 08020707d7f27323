import { SingleAccounts } from '../tenancy/sign-in/single-accounts.ts'
import { tokenSecretProblem } from '../tenancy/sign-in/token-secret.ts'
import { TenancyError } from '../tenancy/tenancy-error.ts'
import type { UsersVersion } from '../tenancy/users/users-version.ts'

interface CallerSettings {
  readonly TOKEN_SECRET?: string | undefined
  readonly AUTH_ACCOUNTS?: string | undefined
  readonly WORKSPACE: string
}

interface SingleSettings {
  readonly LIGHTRAG_API_KEY?: string | undefined
  readonly AUTH_ACCOUNTS?: string | undefined
}

interface UsersFileSettings extends SingleSettings {
  readonly usersFile: string
  readonly usersFileRequired: boolean
  readonly multiTenant: boolean
}

/** What is wrong with the settings of who may call, one sentence each, without a secret. */
export function callerProblems({
  TOKEN_SECRET: secret,
  AUTH_ACCOUNTS: accounts,
  WORKSPACE: workspace,
}: CallerSettings): string[] {
  const problems: string[] = []
  const weakness = secret === undefined ? undefined : tokenSecretProblem(secret)
  if (weakness !== undefined) problems.push(`TOKEN_SECRET ${weakness}`)
  try {
    new SingleAccounts(accounts ?? '', workspace)
  } catch (error) {
    if (!(error instanceof TenancyError)) throw error
    problems.push(`AUTH_ACCOUNTS: ${error.message}`)
  }
  return problems
}

/** What is wrong with the users file, and with what must not stand beside it. */
export function usersFileProblems(
  config: UsersFileSettings,
  users: UsersVersion | undefined,
): string[] {
  const { usersFile: file, usersFileRequired: required } = config
  if (users === undefined || users.type === 'missing') {
    const missing = required ? [`USERS_FILE names ${file}, which is not there`] : []
    return [...missing, ...(config.multiTenant ? singleSettings(config) : [])]
  }
  const problems = users.type === 'problems' ? users.problems : []
  return [
    ...problems.map((problem) => `The users file ${file}: ${problem}`),
    ...singleSettings(config),
  ]
}

/** Two sources of truth about who may call would leave open which of them holds. */
export function singleSettings(config: SingleSettings): string[] {
  return (['LIGHTRAG_API_KEY', 'AUTH_ACCOUNTS'] as const)
    .filter((name) => config[name] !== undefined)
    .map((name) => `${name} must be unset beside a users file; give each user an api_key there`)
}
