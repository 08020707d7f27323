import type { Config } from '../../config/config.ts'
import type { PageFetcher } from '../../engine/documents/page-calls.ts'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { FILE_EXTENSIONS } from '../../formats/file-extensions.ts'
import { WebPages } from '../../outbound/web-pages.ts'

interface OpenPages extends PageFetcher {
  close(): Promise<void>
}

/** Fetches nothing, and says so. */
export const NO_PAGES: OpenPages = {
  fetch: async () => {
    throw new EngineError('page_refused', 'This server fetches no pages of the web.')
  },
  close: async () => undefined,
}

/** What fetches pages of the web, as far as the configuration wants them fetched. */
export function webPages({ FETCH_PAGES }: Pick<Config, 'FETCH_PAGES'>): OpenPages {
  if (FETCH_PAGES === 'off') return NO_PAGES
  const extensions = FILE_EXTENSIONS
  return FETCH_PAGES === 'all'
    ? new WebPages({ extensions, mayReach: () => true })
    : new WebPages({ extensions })
}
