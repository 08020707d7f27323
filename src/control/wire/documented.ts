import type { ErrorDoc, OperationDoc } from '../../openapi/operation-doc.ts'

/** A schema refuses field by field, a service in one sentence. */
const UNFIT: ErrorDoc = {
  description: 'The request does not fit',
  schema: {
    anyOf: [
      { $ref: '#/components/schemas/ValidationErrors' },
      { $ref: '#/components/schemas/Error' },
    ],
  },
}

const EVERYWHERE = { 404: 'It is not there, or not yours', 422: UNFIT }

/** Completes docs by the failures that every route of the control plane can meet. */
export function documented<Route extends string>(
  docs: Readonly<Record<Route, OperationDoc>>,
): Readonly<Record<Route, OperationDoc>> {
  const completed: Record<Route, OperationDoc> = { ...docs }
  for (const route in docs) {
    completed[route] = { ...docs[route], errors: { ...EVERYWHERE, ...docs[route].errors } }
  }
  return completed
}

/** A page with one item. */
export function pageWith(item: unknown) {
  return {
    items: [item],
    total: 1,
    page: 1,
    page_size: 10,
    total_pages: 1,
    has_next: false,
    has_prev: false,
    skip: 0,
    limit: 10,
    next_cursor: null,
  }
}

/** What records have in common, for examples. */
export const WHEN = {
  created_at: '2026-05-31T09:00:00.000Z',
  created_by: 'usr_abcdefghij2345abcdef',
} as const

export const TENANT_ID = 'tnt_abcdefghij2345abcdef'
export const KB_ID = 'kb_abcdefghij2345abcdef'
