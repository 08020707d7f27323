import type { FastifyRequest } from 'fastify'
import { TenancyError } from './errors.ts'
import type { Principal } from './principal.ts'
import { parseWorkspaceName } from './workspace-name.ts'

/**
 * Reads which workspace a request asks for, or undefined when this selector is not used. It may
 * refuse with a `TenancyError`.
 */
export type WorkspaceSelector = (
  request: FastifyRequest,
  principal: Principal,
) => string | undefined | Promise<string | undefined>

/** The header `LIGHTRAG-WORKSPACE`; empty counts as absent. */
export const workspaceHeader: WorkspaceSelector = (request) => {
  const value = request.headers['lightrag-workspace']
  return (Array.isArray(value) ? value.join(',') : value)?.trim() || undefined
}

/**
 * The workspace a request runs in. Selectors only choose among what the principal holds.
 *
 * @throws {TenancyError} `invalid_workspace`; `selectors_disagree`; `workspace_denied`, the same
 * for a foreign workspace as for one that does not exist
 */
export async function chooseWorkspace(
  selectors: readonly WorkspaceSelector[],
  request: FastifyRequest,
  principal: Principal,
): Promise<string> {
  let chosen: string | undefined
  for (const select of selectors) {
    const answer = select(request, principal)
    // Each await costs every request; the usual selector needs none.
    const selected = typeof answer === 'object' ? await answer : answer
    if (selected === undefined) continue
    const name = parseWorkspaceName(selected)
    if (chosen !== undefined && chosen !== name) {
      throw new TenancyError('selectors_disagree', 'The request names two different workspaces')
    }
    chosen = name
  }
  if (chosen === undefined) return principal.defaultWorkspace
  if (principal.workspaces.includes(chosen)) return chosen
  throw new TenancyError('workspace_denied', 'No access to this workspace')
}
