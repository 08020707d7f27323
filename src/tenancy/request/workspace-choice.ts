import type { FastifyRequest } from 'fastify'
import { type Awaitable, isThenable } from '../awaitable.ts'
import type { Principal, WorkspaceGrant } from '../principal.ts'
import { TenancyError } from '../tenancy-error.ts'
import { parseWorkspaceName } from '../workspace-name.ts'
import { chooseGrant, type Selection } from './grant-choice.ts'
import { ownerOf } from './workspace-owner.ts'

/**
 * Reads which workspace a request asks for, or undefined when this selector is not used. It may
 * refuse with a `TenancyError`.
 */
export type WorkspaceSelector = (
  request: FastifyRequest,
  principal: Principal,
) => Awaitable<string | Selection | undefined>

/** The header `LIGHTRAG-WORKSPACE`; empty counts as absent. */
export const workspaceHeader: WorkspaceSelector = (request) => {
  const value = request.headers['lightrag-workspace']
  const workspace = (Array.isArray(value) ? value.join(',') : value)?.trim() || undefined
  return workspace === undefined ? undefined : { source: 'LIGHTRAG-WORKSPACE', workspace }
}

export interface ChosenWorkspace {
  readonly workspace: string
  /** The selectors that chose it; none when it is the caller's default. */
  readonly chosenBy: readonly string[]
  /** Set for principals with grants. */
  readonly grant?: WorkspaceGrant
}

const BY_DEFAULT: readonly string[] = Object.freeze([])

/**
 * The workspace a request runs in. Selectors only choose among what the principal holds.
 *
 * @throws {TenancyError} `invalid_workspace`; `selectors_disagree`; `workspace_denied`, the same
 * for a foreign workspace as for one that does not exist; `kb_not_found`; `workspace_required`;
 * `tenant_suspended`
 */
export function chooseWorkspace(
  selectors: readonly WorkspaceSelector[],
  request: FastifyRequest,
  principal: Principal,
): Awaitable<ChosenWorkspace> {
  const answers = selectors.map((select) => select(request, principal))
  if (answers.every(isSettled)) return chooseAmong(answers, principal)
  return Promise.all(answers).then((settled) => chooseAmong(settled, principal))
}

type Selected = string | Selection | undefined

function isSettled(answer: Awaitable<Selected>): answer is Selected {
  return !isThenable(answer)
}

function chooseAmong(answers: readonly Selected[], principal: Principal): ChosenWorkspace {
  let selections: Selection[] | undefined
  for (const selected of answers) {
    if (selected === undefined) continue
    selections ??= []
    selections.push(
      typeof selected === 'string' ? { source: 'selector', workspace: selected } : selected,
    )
  }
  if (principal.grants !== undefined) {
    const grant = chooseGrant(principal.grants, principal, selections ?? [])
    const chosenBy = selections?.map(({ source }) => source) ?? BY_DEFAULT
    return { workspace: grant.workspace, chosenBy, grant }
  }
  if (selections === undefined) {
    return { workspace: defaultOf(principal), chosenBy: BY_DEFAULT }
  }
  return {
    workspace: resolve(selections, principal),
    chosenBy: selections.map(({ source }) => source),
  }
}

function resolve(selections: readonly Selection[], principal: Principal): string {
  const name = agreed(selections, 'workspace')
  const tenant = agreed(selections, 'tenant')
  const kb = agreed(selections, 'kb')
  if (name === undefined) return heldWorkspace(principal, tenant, kb)
  const workspace = parseWorkspaceName(name)
  const owner = ownerOf(workspace)
  if ((tenant ?? owner.tenant) !== owner.tenant || (kb ?? owner.kb) !== owner.kb) throw disagree()
  if (principal.workspaces.includes(workspace)) return workspace
  throw denied()
}

/** The one value that all selectors which name this field give. */
function agreed(
  selections: readonly Selection[],
  field: 'workspace' | 'tenant' | 'kb',
): string | undefined {
  let value: string | undefined
  for (const selection of selections) {
    const next = selection[field]
    if (next === undefined) continue
    if (value !== undefined && value !== next) throw disagree()
    value = next
  }
  return value
}

/** The workspace of a tenant and knowledge base, among those that the principal holds. */
function heldWorkspace(
  principal: Principal,
  tenant: string | undefined,
  kb: string | undefined,
): string {
  const defaultWorkspace = defaultOf(principal)
  const wanted = tenant ?? ownerOf(defaultWorkspace).tenant
  const ofTenant = principal.workspaces.filter((name) => ownerOf(name).tenant === wanted)
  // `acme` and `acme__default` have one owner; the shorter name is the older way to write it.
  ofTenant.sort((one, other) => one.length - other.length)
  if (ofTenant.length === 0) throw denied()
  if (kb !== undefined) {
    const found = ofTenant.find((name) => ownerOf(name).kb === kb)
    if (found !== undefined) return found
    throw new TenancyError('kb_not_found', 'There is no such knowledge base')
  }
  if (ofTenant.includes(defaultWorkspace)) return defaultWorkspace
  const chosen = ofTenant.find((name) => ownerOf(name).kb === 'default') ?? only(ofTenant)
  if (chosen !== undefined) return chosen
  throw new TenancyError('workspace_required', 'Choose a knowledge base with X-KB-ID')
}

function defaultOf({ defaultWorkspace }: Principal): string {
  if (defaultWorkspace !== undefined) return defaultWorkspace
  throw new TenancyError('workspace_required', 'Choose a workspace')
}

function only(names: readonly string[]): string | undefined {
  return names.length === 1 ? names[0] : undefined
}

function disagree(): TenancyError {
  return new TenancyError('selectors_disagree', 'The request names two different workspaces')
}

function denied(): TenancyError {
  return new TenancyError('workspace_denied', 'No access to this workspace')
}
