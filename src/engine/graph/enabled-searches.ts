import type { Searches } from '../ports/searches.ts'
import type { Store } from '../ports/store.ts'

/** What the enabled documents say, to look at. */
export async function enabledSearches({ searches }: Pick<Store, 'searches'>): Promise<Searches> {
  return (await searches.within(null)) ?? searches
}
