/** A workspace as its owner thinks of it: an organisation and one of its collections. */
export interface Place {
  readonly tenant: string
  readonly kb: string
}

const DEFAULT_KB = 'default'

/**
 * The tenant and knowledge base that a workspace stands for. `acme__manuals` is the collection
 * `manuals` of `acme`; a name without the double underscore is the default collection of its own
 * tenant. Both are case-folded, because workspace names are unique when case-folded.
 */
export function placeOf(workspace: string): Place {
  const folded = workspace.toLowerCase()
  const join = folded.indexOf('__')
  if (join < 1 || join + 2 === folded.length) return { tenant: folded, kb: DEFAULT_KB }
  return { tenant: folded.slice(0, join), kb: folded.slice(join + 2) }
}
