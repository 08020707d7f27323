import { type ComponentType, lazy } from 'react'

export interface PageProps {
  /** What follows the route in the address, escapes and all. */
  readonly rest: string
}

/** The pages by the names of their routes; each is loaded when it is first opened. */
export const PAGES: Readonly<Record<string, ComponentType<PageProps>>> = {
  documents: lazy(() => import('../features/documents/documents-page.tsx')),
  reader: lazy(() => import('../features/reader/reader-page.tsx')),
  graph: lazy(() => import('../features/graph/graph-page.tsx')),
  ask: lazy(() => import('../features/ask/ask-page.tsx')),
}
