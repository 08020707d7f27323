import type { TrashedWorkspace, WorkspaceRegistry } from '../../workspaces/workspace-registry.ts'

export interface UnfinishedDeletion extends TrashedWorkspace {
  readonly at: number
}

/**
 * What `workspace delete` took out of the way and has not removed in full: of all names, or of one.
 * What a server with tenants deleted is not among them: it is purged in its time.
 */
export async function unfinishedDeletions(
  registry: Pick<WorkspaceRegistry, 'trashed'>,
  name?: string,
): Promise<UnfinishedDeletion[]> {
  const all = await registry.trashed()
  return all.flatMap((one) => {
    const { at, workspace } = one
    return at === null || (name !== undefined && workspace !== name) ? [] : [{ ...one, at }]
  })
}
