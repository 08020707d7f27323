import type { FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/tenancy/principal.ts'
import { hostLabel, tenantHeaders } from '../../../src/tenancy/request/request-selectors.ts'
import { chooseWorkspace, workspaceHeader } from '../../../src/tenancy/request/workspace-choice.ts'
import { ownerOf } from '../../../src/tenancy/request/workspace-owner.ts'

const principal: Principal = {
  userId: 'ann',
  username: 'ann',
  workspaces: ['acme', 'acme__manuals', 'Beta__one', 'Beta__two', 'gamma__only'],
  defaultWorkspace: 'acme',
  role: 'admin',
  superAdmin: false,
}

const selectors = [
  workspaceHeader,
  tenantHeaders({ ignoreDefaults: false }),
  hostLabel('.rag.example.com'),
]

async function choose(headers: Record<string, string>, hostname = 'localhost', who = principal) {
  const request = { headers, hostname } as unknown as FastifyRequest
  try {
    return (await chooseWorkspace(selectors, request, who)).workspace
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('selecting a workspace', () => {
  it.each([
    [{}, 'acme'],
    [{ 'x-tenant-id': 'acme' }, 'acme'],
    [{ 'x-tenant-id': 'ACME' }, 'acme'],
    [{ 'x-tenant-id': 'acme', 'x-kb-id': 'default' }, 'acme'],
    [{ 'x-tenant-id': 'acme', 'x-kb-id': 'manuals' }, 'acme__manuals'],
    [{ 'x-kb-id': 'manuals' }, 'acme__manuals'],
    [{ 'x-tenant-id': 'beta', 'x-kb-id': 'two' }, 'Beta__two'],
    [{ 'x-tenant-id': 'gamma' }, 'gamma__only'],
    [{ 'x-tenant-id': 'acme', 'lightrag-workspace': 'acme__manuals' }, 'acme__manuals'],
    [{ 'x-tenant-id': '', 'x-kb-id': ' ' }, 'acme'],
    [{ 'x-tenant-id': 'beta' }, 'workspace_required'],
    [{ 'x-tenant-id': 'beta', 'x-kb-id': 'three' }, 'kb_not_found'],
    [{ 'x-kb-id': 'one' }, 'kb_not_found'],
    [{ 'x-tenant-id': 'delta' }, 'workspace_denied'],
    [{ 'x-tenant-id': 'delta', 'x-kb-id': 'manuals' }, 'workspace_denied'],
    [{ 'x-tenant-id': 'default', 'x-kb-id': 'default' }, 'workspace_denied'],
    [{ 'x-tenant-id': 'beta', 'lightrag-workspace': 'acme' }, 'selectors_disagree'],
    [{ 'x-kb-id': 'manuals', 'lightrag-workspace': 'acme' }, 'selectors_disagree'],
    [{ 'x-tenant-id': 'acme, beta' }, 'invalid_workspace'],
    [{ 'x-kb-id': '../up' }, 'invalid_workspace'],
  ])('%j leads to %s', async (headers, expected) => {
    expect(await choose(headers as Record<string, string>)).toBe(expected)
  })

  it.each([
    ['acme.rag.example.com', {}, 'acme'],
    ['BETA.RAG.example.com.', { 'x-kb-id': 'two' }, 'Beta__two'],
    ['gamma.rag.example.com', { 'x-tenant-id': 'gamma' }, 'gamma__only'],
    ['delta.rag.example.com', {}, 'workspace_denied'],
    ['gamma.rag.example.com', { 'x-tenant-id': 'acme' }, 'selectors_disagree'],
    ['a.acme.rag.example.com', {}, 'invalid_workspace'],
    // Not below the suffix: no host of ours, and no selector.
    ['rag.example.com', {}, 'acme'],
    ['gamma.example.com', {}, 'acme'],
    ['gammarag.example.com', {}, 'acme'],
    ['127.0.0.1', {}, 'acme'],
  ])('the host %s with %j leads to %s', async (host, headers, expected) => {
    expect(await choose(headers as Record<string, string>, host)).toBe(expected)
  })

  it('takes `acme` and not `acme__default` where both are held', async () => {
    const workspaces = ['acme__default', 'acme', 'other']
    const who = { ...principal, workspaces, defaultWorkspace: 'other' }
    expect(await choose({ 'x-tenant-id': 'acme', 'x-kb-id': 'default' }, 'x', who)).toBe('acme')
  })

  it('ignores the pair default, default on a server with one workspace, and no other', async () => {
    const who = { ...principal, workspaces: ['main'], defaultWorkspace: 'main' }
    const select = async (headers: Record<string, string>) =>
      chooseWorkspace(
        [tenantHeaders({ ignoreDefaults: true })],
        { headers } as unknown as FastifyRequest,
        who,
      )
    const pair = { 'x-tenant-id': 'default', 'x-kb-id': 'default' }
    expect(await select(pair)).toEqual({ workspace: 'main', chosenBy: [] })
    await expect(select({ ...pair, 'x-kb-id': 'other' })).rejects.toMatchObject({
      code: 'workspace_denied',
    })
  })
})

it.each([
  ['acme', 'acme', 'default'],
  ['Acme__Manuals', 'acme', 'manuals'],
  ['a__b__c', 'a', 'b__c'],
  ['a__', 'a__', 'default'],
  ['a_b', 'a_b', 'default'],
])('%s is the place of tenant %s, knowledge base %s', (workspace, tenant, kb) => {
  expect(ownerOf(workspace)).toEqual({ tenant, kb })
})
