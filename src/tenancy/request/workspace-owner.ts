/** Whose a workspace is by its name: a tenant, and one of its knowledge bases. */
export interface WorkspaceOwner {
  readonly tenant: string
  readonly kb: string
}

const DEFAULT_KB = 'default'

/**
 * The tenant and knowledge base that a workspace stands for. `acme__manuals` is the collection
 * `manuals` of `acme`; a name without the double underscore is the default collection of its own
 * tenant. Both are case-folded, because workspace names are unique when case-folded.
 */
export function ownerOf(workspace: string): WorkspaceOwner {
  const folded = workspace.toLowerCase()
  const join = folded.indexOf('__')
  if (join < 1 || join + 2 === folded.length) return { tenant: folded, kb: DEFAULT_KB }
  return { tenant: folded.slice(0, join), kb: folded.slice(join + 2) }
}
