import { type EnvField, oneOf, text } from './env-fields.ts'

export const BINDINGS = ['offline', 'openai', 'ollama', 'azure_openai'] as const
export type Binding = (typeof BINDINGS)[number]
type RoleBinding = Binding | 'common'

/** What a language model is called for. */
export const ROLES = ['EXTRACT', 'KEYWORD', 'QUERY'] as const
export type Role = (typeof ROLES)[number]

type RoleFields = {
  readonly [R in Role as `${R}_LLM_BINDING`]: EnvField<RoleBinding>
} & {
  readonly [R in Role as
    | `${R}_LLM_BINDING_HOST`
    | `${R}_LLM_BINDING_API_KEY`
    | `${R}_LLM_MODEL`]: EnvField<string | undefined>
}

/** The variables that give a role a language model of its own. */
export const ROLE_FIELDS: RoleFields = {
  EXTRACT_LLM_BINDING: binding('extraction and summaries'),
  EXTRACT_LLM_BINDING_HOST: host(),
  EXTRACT_LLM_BINDING_API_KEY: key(),
  EXTRACT_LLM_MODEL: model(),
  KEYWORD_LLM_BINDING: binding('keywords of questions'),
  KEYWORD_LLM_BINDING_HOST: host(),
  KEYWORD_LLM_BINDING_API_KEY: key(),
  KEYWORD_LLM_MODEL: model(),
  QUERY_LLM_BINDING: binding('answers'),
  QUERY_LLM_BINDING_HOST: host(),
  QUERY_LLM_BINDING_API_KEY: key(),
  QUERY_LLM_MODEL: model(),
}

function binding(work: string): EnvField<RoleBinding> {
  return oneOf(['common', ...BINDINGS], 'common', `Provider for ${work}; common = LLM_BINDING.`)
}

function host(): EnvField<string | undefined> {
  return text(undefined, 'Address of its API. Unset: as for the common model.')
}

function key(): EnvField<string | undefined> {
  return text(undefined, 'Key for it. Unset: LLM_BINDING_API_KEY, at the same address only.')
}

function model(): EnvField<string | undefined> {
  return text(undefined, 'Its model. Unset: LLM_MODEL, of the same provider only.')
}

/** What a role's language model is built from. */
export interface ModelChoice {
  readonly binding: Binding
  readonly host: string | undefined
  readonly apiKey: string | undefined
  /** Empty when none is named. */
  readonly model: string
}

type Values = {
  readonly [Name in keyof RoleFields]: RoleFields[Name] extends EnvField<infer T> ? T : never
} & {
  readonly LLM_BINDING: Binding
  readonly LLM_BINDING_HOST: string | undefined
  readonly LLM_BINDING_API_KEY: string | undefined
  readonly LLM_MODEL: string | undefined
}

/** The common model, with what the role sets for itself. A key never goes to another address. */
export function modelChoice(values: Values, role: Role): ModelChoice {
  const own = values[`${role}_LLM_BINDING`]
  const isCommon = own === 'common' || own === values.LLM_BINDING
  const commonHost = isCommon ? values.LLM_BINDING_HOST : undefined
  const host = values[`${role}_LLM_BINDING_HOST`] ?? commonHost
  const commonKey = isCommon && host === commonHost ? values.LLM_BINDING_API_KEY : undefined
  return {
    binding: own === 'common' ? values.LLM_BINDING : own,
    host,
    apiKey: values[`${role}_LLM_BINDING_API_KEY`] ?? commonKey,
    model: values[`${role}_LLM_MODEL`] ?? (isCommon ? values.LLM_MODEL : undefined) ?? '',
  }
}

/** What is wrong with the models of the roles, one sentence each. */
export function roleProblems(values: Values): string[] {
  return ROLES.flatMap((role) => {
    const { binding: chosen, model: name } = modelChoice(values, role)
    const own = values[`${role}_LLM_BINDING`]
    const address = values[`${role}_LLM_BINDING_HOST`]
    const problems: string[] = []
    // Without a binding of its own it is the common model that lacks a name, and that is said there.
    if (own !== 'common' && chosen !== 'offline' && name === '') {
      problems.push(`${role}_LLM_MODEL must name a model when ${role}_LLM_BINDING is ${chosen}`)
    }
    if (address !== undefined && !/^https?:\/\/[^\s]+$/.test(address)) {
      problems.push(
        `${role}_LLM_BINDING_HOST must be an address that begins with http:// or https://`,
      )
    }
    return problems
  })
}
